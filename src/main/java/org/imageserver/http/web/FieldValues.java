package org.imageserver.http.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import org.imageserver.manifest.ManifestJson;

/**
 * The fields of a manifest as a form shows them: text, and for objects and lists one entry a line. The module
 * {@code fields.js} reads them back; what a line cannot say is JSON in both.
 *
 * @param manifest whose fields they are
 */
record FieldValues(ObjectNode manifest) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** What may be changed and has no control of its own. */
    private static final List<String> OTHERS =
            List.of("users", "generate_passwords", "inherited_directories", "billing_tags", "traits");

    static FieldValues of(ObjectNode manifest) {
        return new FieldValues(manifest);
    }

    /** Of an image that is to be made. */
    static FieldValues ofNew(boolean isPrivate) {
        return new FieldValues(ManifestJson.object().put("public", !isPrivate));
    }

    /** A text or a number, by its place such as {@code /requirements/min_ram}; empty when it is absent. */
    String text(String pointer) {
        return manifest.at(pointer).asText("");
    }

    /** Whether a flag is set. */
    boolean isSet(String pointer) {
        return manifest.at(pointer).asBoolean();
    }

    /** The entries of a list, one a line. */
    String lines(String pointer) {
        return manifest.at(pointer).valueStream().map(JsonNode::asText).collect(Collectors.joining("\n"));
    }

    /** The entries of an object, {@code key=value} a line; all of it as JSON when a key cannot stand there. */
    String pairs(String pointer) {
        JsonNode object = manifest.at(pointer);
        boolean isPlain = object.propertyStream()
                .map(entry -> entry.getKey())
                .noneMatch(key -> key.isBlank() || !key.equals(key.strip()) || key.matches("(?s)[{].*|.*[=\\n\\r].*"));
        return isPlain
                ? object.propertyStream()
                        .map(entry -> entry.getKey() + "=" + value(entry.getValue()))
                        .collect(Collectors.joining("\n"))
                : object.toString();
    }

    /** The networks, {@code name=description} a line. */
    String networks() {
        return manifest.at("/requirements/networks")
                .valueStream()
                .map(network -> network.path("name").asText() + "="
                        + network.path("description").asText())
                .collect(Collectors.joining("\n"));
    }

    /** What has no control of its own, as JSON; empty when there is nothing of it. */
    String others() {
        ObjectNode others = ManifestJson.object();
        OTHERS.stream().filter(manifest::has).forEach(field -> others.set(field, manifest.get(field)));
        return others.isEmpty() ? "" : others.toPrettyString();
    }

    /** A text as it is, unless it could be taken for something else or does not fit on a line. */
    private static String value(JsonNode value) {
        boolean isPlain = value.isTextual()
                && !isJson(value.textValue())
                && value.textValue().equals(value.textValue().strip())
                && value.textValue().lines().count() <= 1;
        return isPlain ? value.textValue() : value.toString();
    }

    private static boolean isJson(String text) {
        try {
            return !JSON.readTree(text).isMissingNode();
        } catch (JsonProcessingException e) {
            return false;
        }
    }
}
