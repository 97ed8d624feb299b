package org.imageserver.http.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.imageserver.http.ErrorCode;
import org.imageserver.mirror.Plan;
import org.jspecify.annotations.Nullable;

/**
 * What the page of a source shows.
 *
 * @param id of it; empty for a new one
 * @param title its host, and its channel
 * @param isConfigured whether it is in the configuration, where it is changed
 * @param hasCredentials whether it is asked with some, which nobody is shown
 * @param filled what is wanted, as the form has it
 * @param faults what cannot be, by its key
 * @param failure why it could not be tried; empty when it could, or was not
 * @param plan what it would bring; null when it was not tried
 */
record SourceData(
        String id,
        String title,
        boolean isConfigured,
        boolean hasCredentials,
        ObjectNode filled,
        Map<String, String> faults,
        String failure,
        @Nullable Plan plan) {
    private static final int MOST_SHOWN = 100;

    /** A line of the list: how it stands with a source, in words. */
    record Line(String id, String title, String policy, String from, String state, String failure) {
        static Line of(ObjectNode source) {
            JsonNode error = source.path("last_error");
            return new Line(
                    source.path("id").asText(),
                    named(source),
                    source.at("/settings/policy").asText(),
                    source.path("from").asText().equals("configuration")
                            ? "configuration file"
                            : source.has("is_unused")
                                    ? "not used: the configuration file has this source, too"
                                    : "added here",
                    state(source),
                    error.isMissingNode()
                            ? ""
                            : error.path("at").asText() + ": "
                                    + error.path("message").asText());
        }

        private static String state(ObjectNode source) {
            String looked = source.path("looked").asText();
            String asked = looked.isEmpty() ? "not asked yet" : "asked " + looked;
            String kept = source.has("wanted")
                    ? ", " + source.path("here").asInt() + " of "
                            + Wording.plural(source.path("wanted").asInt(), "image") + " here"
                    : "";
            String offered = source.has("offered")
                    ? ", " + Wording.plural(source.path("offered").asInt(), "image") + " offered on demand"
                    : "";
            return source.has("is_unused") ? "" : asked + kept + offered;
        }
    }

    private static String named(ObjectNode source) {
        String channel = source.path("channel").asText();
        return source.path("url").asText() + (channel.isEmpty() ? "" : " (" + channel + ")");
    }

    static SourceData empty() {
        return new SourceData("", "", false, false, JsonNodeFactory.instance.objectNode(), Map.of(), "", null);
    }

    /** One that is there. */
    static SourceData of(ObjectNode source) {
        return new SourceData(
                source.path("id").asText(),
                named(source),
                source.path("from").asText().equals("configuration"),
                source.path("has_credentials").asBoolean(),
                source.withObject("/settings"),
                Map.of(),
                "",
                null);
    }

    /** With what somebody filled in. */
    SourceData filled(ObjectNode wish) {
        return new SourceData(id, title, isConfigured, hasCredentials, wish, Map.of(), "", null);
    }

    /** With what is wrong in that. */
    SourceData wrong(Map<String, String> wrong) {
        Map<String, String> sentences = new LinkedHashMap<>();
        wrong.forEach((key, what) -> sentences.put(key, "\"" + key + "\" " + what));
        return new SourceData(id, title, isConfigured, hasCredentials, filled, sentences, "", null);
    }

    /** With why it could not be tried. */
    SourceData failed(String why) {
        return new SourceData(id, title, isConfigured, hasCredentials, filled, Map.of(), why, null);
    }

    /** With what it would bring. */
    SourceData with(Plan would) {
        return new SourceData(id, title, isConfigured, hasCredentials, filled, Map.of(), "", would);
    }

    boolean isNew() {
        return id.isEmpty();
    }

    int status() {
        if (!faults.isEmpty()) {
            return ErrorCode.ValidationFailed.status();
        }
        return failure.isEmpty() ? 200 : ErrorCode.RemoteSourceError.status();
    }

    /** Where the form goes. */
    String action() {
        return isNew() ? "/sources/new" : "/sources/" + id + "/edit";
    }

    /** The fields of the form; an address that is there is not among them. */
    List<SourceForm.Field> naming() {
        return isNew() ? SourceForm.naming(filled, faults) : List.of();
    }

    List<SourceForm.Field> wishes() {
        return SourceForm.wishes(filled, faults);
    }

    String fault(String key) {
        return faults.getOrDefault(key, "");
    }

    /** What no field of the form is about. */
    List<String> otherFaults() {
        List<String> fields = List.of("credentials", "filter");
        return faults.entrySet().stream()
                .filter(fault -> !fields.contains(fault.getKey()))
                .filter(fault ->
                        wishes().stream().noneMatch(field -> field.name().equals(fault.getKey())))
                .filter(fault ->
                        naming().stream().noneMatch(field -> field.name().equals(fault.getKey())))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** {@code To bring: 3 images, 1.2 GB; 4 are here already.} */
    String summary() {
        return plan == null
                ? ""
                : "It would bring " + Wording.plural(plan.missing().size(), "image") + ", "
                        + Wording.size(plan.bytes()) + "; " + plan.present() + " of what is wanted "
                        + (plan.present() == 1 ? "is" : "are") + " here already.";
    }

    /** The images that would come, as far as a page has room for them. */
    List<String> images() {
        return plan == null
                ? List.of()
                : plan.missing().stream()
                        .limit(MOST_SHOWN)
                        .map(image -> image.name() + " " + image.version() + ", " + Wording.size(image.size()) + " ("
                                + image.uuid() + ")")
                        .toList();
    }

    int more() {
        return plan == null ? 0 : Math.max(0, plan.missing().size() - MOST_SHOWN);
    }

    /** What is wanted of a source that cannot be changed here, in its own words. */
    List<String> settings() {
        return filled.properties().stream()
                .filter(setting ->
                        !setting.getValue().isEmpty() || setting.getValue().isValueNode())
                .map(setting -> setting.getKey() + ": "
                        + (setting.getValue().isValueNode()
                                ? setting.getValue().asText()
                                : setting.getValue().toString()))
                .toList();
    }
}
