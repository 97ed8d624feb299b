package org.imageserver.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.Channels;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.imageserver.manifest.InvalidManifestException;
import org.imageserver.manifest.ManifestJson;
import org.imageserver.manifest.Violation;

/** Bodies that are JSON. Whatever {@code Content-Type} says: operators forget it, and nothing else is expected. */
public final class JsonBody {
    private static final int MAX_BYTES = 1024 * 1024;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonBody() {}

    /**
     * Reads a JSON object; on the pool, since it waits for the client.
     *
     * @throws ApiException when the body is missing, too large, damaged on its way, or no JSON object
     */
    public static ObjectNode object(Request request) throws IOException {
        byte[] bytes = read(request);
        try {
            return ManifestJson.parse(bytes);
        } catch (InvalidManifestException e) {
            if (isJson(bytes)) {
                throw missing();
            }
            throw new ApiException(ErrorCode.InvalidContent, "Invalid JSON: " + e.getMessage());
        }
    }

    /** Reads any JSON; empty without a body. */
    public static Optional<JsonNode> any(Request request) throws IOException {
        byte[] bytes = read(request);
        try {
            return bytes.length == 0 ? Optional.empty() : Optional.of(JSON.readTree(bytes));
        } catch (JsonProcessingException e) {
            throw new ApiException(ErrorCode.InvalidContent, "Invalid JSON: " + e.getOriginalMessage());
        }
    }

    private static boolean isJson(byte[] bytes) throws IOException {
        try {
            JSON.readTree(bytes);
            return true;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static byte[] read(Request request) throws IOException {
        byte[] bytes = Channels.newInputStream(request.body()).readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new ApiException(
                    ErrorCode.RequestEntityTooLarge, "the body is larger than the " + MAX_BYTES + " bytes allowed");
        }
        request.header("Content-MD5").ifPresent(stated -> checkDigest(stated, bytes));
        return bytes;
    }

    private static void checkDigest(String stated, byte[] bytes) {
        String actual = md5(bytes);
        if (!actual.equals(stated.strip())) {
            throw new ApiException(ErrorCode.BadDigest, "Content-MD5 '" + stated + "' didn't match '" + actual + "'");
        }
    }

    private static String md5(byte[] bytes) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks MD5", e);
        }
    }

    private static ApiException missing() {
        return new ApiException(
                ErrorCode.ValidationFailed,
                "missing request body",
                List.of(new Violation("body", Violation.MISSING_PARAMETER, "expected a JSON object")));
    }
}
