package org.imageserver.http;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The body of a form on one of our own pages ({@code application/x-www-form-urlencoded}). */
public final class Form {
    private static final int MAX_BYTES = 64 * 1024;
    private static final String TYPE = "application/x-www-form-urlencoded";

    private final Query fields;

    private Form(Query fields) {
        this.fields = fields;
    }

    /**
     * Reads a form; on the pool, since it waits for the client.
     *
     * @throws ApiException when it is none, or too large
     */
    public static Form read(Request request) throws IOException {
        String type = request.header("Content-Type").orElse("none");
        if (!type.split(";", 2)[0].strip().equalsIgnoreCase(TYPE)) {
            throw new ApiException(ErrorCode.InvalidContent, "expected a form (" + TYPE + "), not " + type);
        }
        byte[] bytes = Channels.newInputStream(request.body()).readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new ApiException(
                    ErrorCode.RequestEntityTooLarge, "the form is larger than the " + MAX_BYTES + " bytes allowed");
        }
        return new Form(Query.parse(new String(bytes, StandardCharsets.UTF_8)));
    }

    /**
     * Checks that the form was made for the session that sends it; without a session there is nothing to protect.
     *
     * @throws ApiException (InvalidCsrfToken) when it was not
     */
    public void checkProof(Request request) {
        request.session().ifPresent(session -> ForgedRequests.checkProof(session, fields.get("csrf")));
    }

    /** A field; the empty text if it is absent. */
    public String text(String name) {
        return fields.get(name).orElse("");
    }

    /** A field that was filled in. */
    public Optional<String> nonEmpty(String name) {
        return fields.nonEmpty(name);
    }
}
