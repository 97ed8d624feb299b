package org.imageserver.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** The spellings that the peer takes for a value beside its proper one: clients send them. */
final class ApiValues {
    private static final Set<String> BOOLEANS = Set.of("public", "disabled", "generate_passwords");
    private static final Set<String> ARRAYS = Set.of("acl", "billing_tags");
    /** Here an empty string is wrong; elsewhere it says nothing. */
    private static final Set<String> NEVER_EMPTY = Set.of("name", "version");

    private ApiValues() {}

    /** A copy of a request's object with every value in its proper spelling; what says nothing is null. */
    static ObjectNode proper(ObjectNode body) {
        ObjectNode proper = ManifestJson.object();
        body.properties()
                .forEach(field -> proper.set(
                        field.getKey(), proper(field.getKey(), field.getValue().deepCopy())));
        HandWritten.numberFromDigits(proper, "image_size");
        return proper;
    }

    private static JsonNode proper(String field, JsonNode value) {
        if (!value.isTextual()) {
            return value;
        }
        String text = value.textValue();
        if (text.isEmpty()) {
            return NEVER_EMPTY.contains(field) ? value : NullNode.instance;
        }
        if (BOOLEANS.contains(field) && (text.equals("true") || text.equals("false"))) {
            return BooleanNode.valueOf(text.equals("true"));
        }
        if (ARRAYS.contains(field)) {
            return ManifestJson.object().arrayNode().add(value);
        }
        return value;
    }
}
