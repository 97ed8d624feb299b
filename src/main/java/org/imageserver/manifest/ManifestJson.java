package org.imageserver.manifest;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * JSON text to objects and back, for text that people write by hand: every error names line and column and what is
 * wrong. Numbers keep their exact value and the fields their order, so that what is read can be served unchanged.
 *
 * <p>Thread-safe. Nesting and the length of numbers and names are bounded as Jackson bounds them.
 */
public final class ManifestJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** An escape of a JSON string, a pair of surrogates as one; group 1 is half of such a pair, alone. */
    private static final Pattern ESCAPE = Pattern.compile(
            "\\\\(?:u[dD][89abAB]\\p{XDigit}{2}\\\\u[dD][c-fC-F]\\p{XDigit}{2}|(u[dD][89a-fA-F]\\p{XDigit}{2})|.)");

    /** Jackson's way to say where a message's other end is: the source's name is of no use to a person. */
    private static final Pattern SOURCE = Pattern.compile("\\[Source: [^;]*; ");

    private ManifestJson() {}

    /** An object without fields, to fill. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** Compact UTF-8 JSON, fields in the order they have. */
    public static byte[] toBytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The one JSON object that the bytes hold.
     *
     * @throws InvalidManifestException if they are not UTF-8, not JSON, not one object, or name a field twice
     */
    public static ObjectNode parse(byte[] bytes) throws InvalidManifestException {
        String text = decode(bytes);
        JsonNode node = parse(text);
        if (!(node instanceof ObjectNode object)) {
            throw InvalidManifestException.inText(
                    "expected one JSON object, {...}, but found " + FieldChecks.describe(node));
        }
        refuseHalfCharacters(text);
        return object;
    }

    private static String decode(byte[] bytes) throws InvalidManifestException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
        } catch (CharacterCodingException e) {
            String before = new String(bytes, 0, buffer.position(), StandardCharsets.UTF_8);
            throw at(before, "not UTF-8 from byte " + buffer.position() + " on: save the file as UTF-8", e);
        }
        boolean hasByteOrderMark = text.startsWith("\uFEFF");
        return hasByteOrderMark ? text.substring(1) : text;
    }

    private static JsonNode parse(String text) throws InvalidManifestException {
        try (JsonParser parser = MAPPER.createParser(text)) {
            return onlyValue(parser);
        } catch (JsonEOFException e) {
            throw at(
                    e.getLocation(),
                    "broken JSON: the text ends before the object does: is a }, a ] or a quote missing?",
                    e);
        } catch (JsonProcessingException e) {
            String message = SOURCE.matcher(e.getOriginalMessage()).replaceAll("[");
            throw at(e.getLocation(), "broken JSON: " + message, e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot fail on text in memory", e);
        }
    }

    private static JsonNode onlyValue(JsonParser parser) throws IOException, InvalidManifestException {
        try {
            @Nullable JsonNode node = MAPPER.readTree(parser);
            if (node == null || node.isMissingNode()) {
                throw InvalidManifestException.inText("the text is empty: expected one JSON object, {...}");
            }
            if (parser.nextToken() != null) {
                throw at(parser.currentTokenLocation(), "more text after the end of the JSON object", null);
            }
            return node;
        } catch (StreamConstraintsException e) { // carries no location of its own
            throw at(parser.currentLocation(), "too much for a manifest: " + e.getOriginalMessage(), e);
        } catch (NumberFormatException e) { // of an exponent with more than ten digits
            throw at(parser.currentLocation(), "a number is larger or smaller than any that is of use", e);
        }
    }

    /** Half of a surrogate pair, which only an escape can make, is no character and cannot be written as UTF-8. */
    private static void refuseHalfCharacters(String text) throws InvalidManifestException {
        if (text.indexOf('\\') < 0) {
            return;
        }
        Matcher escape = ESCAPE.matcher(text);
        while (escape.find()) {
            if (escape.group(1) != null) {
                String before = text.substring(0, escape.start());
                throw at(before, escape.group() + " is half of a character: write both \\u escapes of it", null);
            }
        }
    }

    private static InvalidManifestException at(JsonLocation where, String message, @Nullable Exception cause) {
        return at(where.getLineNr(), where.getColumnNr(), message, cause);
    }

    private static InvalidManifestException at(String before, String message, @Nullable Exception cause) {
        int lineStart = before.lastIndexOf('\n') + 1;
        long line = 1 + before.chars().filter(c -> c == '\n').count();
        return at(line, before.length() - lineStart + 1L, message, cause);
    }

    private static InvalidManifestException at(long line, long column, String message, @Nullable Exception cause) {
        return InvalidManifestException.inText("line " + line + ", column " + column + ": " + message, cause);
    }
}
