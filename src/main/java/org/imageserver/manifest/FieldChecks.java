package org.imageserver.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The shape of every field that this server interprets. What it only passes on is not looked at here: hand-written
 * manifests may hold what they like, and {@link ManifestRules} judges what comes over the API.
 */
final class FieldChecks {
    private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");
    private static final int SHOWN_LENGTH = 80;

    private static final String AN_UUID = "a lower-case UUID like 01b2c898-945f-11e1-a523-af1afbe22822";
    private static final String A_STRING = "a string";
    private static final String TRUE_OR_FALSE = "true or false, without quotes";

    private FieldChecks() {}

    static boolean isUuid(JsonNode value) {
        return value.isTextual() && Uuid.isUuid(value.textValue());
    }

    /** Not there, null and "" mean the same to the peer, and to people. */
    static boolean isAbsent(JsonNode value) {
        return value.isMissingNode()
                || value.isNull()
                || (value.isTextual() && value.textValue().isEmpty());
    }

    /** Checks a canonical v2 manifest. */
    static void check(ObjectNode manifest) throws InvalidManifestException {
        for (String field : new String[] {"uuid", "owner"}) {
            require(manifest, field, FieldChecks::isUuid, AN_UUID);
        }
        for (String field : new String[] {"name", "version"}) {
            require(manifest, field, JsonNode::isTextual, A_STRING);
        }
        require(manifest, "state", FieldChecks::isState, states());
        for (String field : new String[] {"disabled", "public"}) {
            require(manifest, field, JsonNode::isBoolean, TRUE_OR_FALSE);
        }
        for (String field : new String[] {"published_at", "type", "os", "description"}) {
            allow(manifest, field, JsonNode::isTextual, A_STRING);
        }
        allow(manifest, "origin", FieldChecks::isUuid, AN_UUID);
        allow(manifest, "icon", JsonNode::isBoolean, TRUE_OR_FALSE);
        allow(manifest, "tags", JsonNode::isObject, "an object, {...}");
        allowArray(manifest, "acl", FieldChecks::isUuid, AN_UUID);
        allowArray(manifest, "billing_tags", JsonNode::isTextual, A_STRING);
        allowArray(manifest, "channels", JsonNode::isTextual, A_STRING);
        checkFiles(manifest.get("files"));
    }

    /** Checks one field that need not be there; for what must be known before the rest can be worked out. */
    static void allowBoolean(ObjectNode manifest, String field) throws InvalidManifestException {
        allow(manifest, field, JsonNode::isBoolean, TRUE_OR_FALSE);
    }

    static void expectUuid(String field, JsonNode value) throws InvalidManifestException {
        expect(field, value, FieldChecks::isUuid, AN_UUID);
    }

    private static void checkFiles(JsonNode files) throws InvalidManifestException {
        expect("files", files, JsonNode::isArray, "an array, [...]");
        expect("files", files, array -> array.size() <= 1, "an array of at most one file");
        if (files.isEmpty()) {
            return;
        }
        expect("files[0]", files.get(0), JsonNode::isObject, "an object, {...}");
        ObjectNode file = (ObjectNode) files.get(0);
        allowInFile(file, "sha1", FieldChecks::isSha1, "40 hex digits in quotes");
        allowInFile(file, "size", FieldChecks::isSize, "the number of bytes, as a whole number");
        allowInFile(file, "compression", FieldChecks::isCompression, "one of " + Compression.NAMES);
        allowInFile(file, "dataset_guid", JsonNode::isTextual, "a string of digits");
    }

    private static void require(ObjectNode parent, String field, Predicate<JsonNode> test, String expected)
            throws InvalidManifestException {
        if (!parent.has(field)) {
            throw InvalidManifestException.inField(field, "missing or empty, expected " + expected);
        }
        expect(field, parent.get(field), test, expected);
    }

    private static void allow(ObjectNode parent, String field, Predicate<JsonNode> test, String expected)
            throws InvalidManifestException {
        if (parent.hasNonNull(field)) {
            expect(field, parent.get(field), test, expected);
        }
    }

    private static void allowInFile(ObjectNode file, String field, Predicate<JsonNode> test, String expected)
            throws InvalidManifestException {
        if (file.has(field)) {
            expect("files[0]." + field, file.get(field), test, expected);
        }
    }

    private static void allowArray(ObjectNode manifest, String field, Predicate<JsonNode> test, String expected)
            throws InvalidManifestException {
        allow(manifest, field, JsonNode::isArray, "an array, [...]");
        JsonNode array = manifest.path(field);
        for (int i = 0; i < array.size(); i++) {
            expect(field + "[" + i + "]", array.get(i), test, expected);
        }
    }

    private static void expect(String field, JsonNode value, Predicate<JsonNode> test, String expected)
            throws InvalidManifestException {
        if (!test.test(value)) {
            boolean lacksQuotes = expected.equals(A_STRING) && (value.isNumber() || value.isBoolean());
            String hint = lacksQuotes ? ": write it in quotes, \"" + value + "\"" : "";
            throw InvalidManifestException.inField(field, "found " + describe(value) + ", expected " + expected + hint);
        }
    }

    /** What a person reads about a value that should have been another: its kind and, where short, itself. */
    static String describe(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "an array of " + value.size();
            case OBJECT, POJO -> "an object";
            case STRING -> "the string " + shortened(value.toString());
            case NUMBER -> "the number " + shortened(value.toString());
            case BOOLEAN, NULL, MISSING, BINARY -> value.toString();
        };
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN_LENGTH ? text : text.substring(0, SHOWN_LENGTH) + "...";
    }

    private static boolean isState(JsonNode value) {
        return value.isTextual() && State.named(value.textValue()).isPresent();
    }

    private static String states() {
        return "one of " + Arrays.stream(State.values()).map(State::jsonName).collect(Collectors.joining(", "));
    }

    private static boolean isSha1(JsonNode value) {
        return value.isTextual() && SHA1.matcher(value.textValue()).matches();
    }

    private static boolean isSize(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0;
    }

    private static boolean isCompression(JsonNode value) {
        return value.isTextual() && Compression.named(value.textValue()).isPresent();
    }
}
