package org.imageserver.http.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.imageserver.http.Form;

/**
 * The fields of a source, as a person fills them in, and the object that they make. What is filled in is judged by the
 * reader of the configuration alone: here a text that is no number stays a text.
 */
final class SourceForm {
    /** A longer one is no number that anything here could be. */
    private static final String WHOLE_NUMBER = "-?[0-9]{1,18}";

    private static final List<String> NUMBERS =
            List.of("newest", "max_size", "bytes_per_second", "interval_seconds", "parallel");
    private static final List<String> FILTERS = List.of("name", "version", "os", "type", "owner", "uuid");

    private SourceForm() {}

    /**
     * A field of the form.
     *
     * @param name in the form, and in the configuration
     * @param kind {@code text}, {@code password}, {@code lines} or {@code choice}
     * @param options to choose from
     * @param value that is filled in
     * @param error why that cannot be; empty when it can
     */
    record Field(
            String name, String label, String hint, String kind, List<String> options, String value, String error) {
        /** By which the label and the hints find it. */
        String id() {
            return "s-" + name.replace('.', '-').replace('_', '-');
        }
    }

    /** The fields that name a source, which stay what they are once it is there. */
    static List<Field> naming(ObjectNode filled, Map<String, String> faults) {
        Fields fields = new Fields(filled, faults);
        fields.text("url", "Address", "Such as https://images.smartos.org, as imgadm sources has it.");
        fields.text("channel", "Channel", "Of which it shows its images; empty: its own choice.");
        return fields.all;
    }

    /** What is wanted of it. */
    static List<Field> wishes(ObjectNode filled, Map<String, String> faults) {
        Fields fields = new Fields(filled, faults);
        fields.choice("policy", "When images come", "mirror", "on-demand", "both");
        fields.choice("type", "Protocol", "", "imgapi", "dsapi");
        for (String key : FILTERS) {
            fields.text("filter." + key, "Only: " + key, "~part for a part, !value for all others.");
        }
        fields.text("newest", "Newest", "How many of each name; empty: all.");
        fields.text("published_after", "Published after", "A date such as 2026-01-31.");
        fields.text("max_size", "Largest file", "In bytes.");
        fields.text("interval_seconds", "Seconds between two looks", "3600 when empty.");
        fields.choice("when_gone", "What is gone there", "keep", "disable", "remove");
        fields.text("parallel", "Images at the same time", "1 to 8.");
        fields.text("bytes_per_second", "Bytes a second", "Of all its transfers; empty: no limit.");
        fields.text("ca_file", "File of authorities", "In PEM, on this server; empty: those of Java.");
        fields.text("trust", "Key that must have signed", "ssh-ed25519 AAAA...");
        fields.add("pinned", "Pinned", "Uuids of images that stay once they are here, one a line.", "lines", List.of());
        return fields.all;
    }

    /** What a form says, as the configuration would. */
    static ObjectNode read(Form form) {
        ObjectNode source = JsonNodeFactory.instance.objectNode();
        for (String name : List.of(
                "url",
                "channel",
                "credentials",
                "policy",
                "type",
                "published_after",
                "when_gone",
                "ca_file",
                "trust")) {
            form.nonEmpty(name).map(String::strip).ifPresent(text -> source.put(name, text));
        }
        for (String name : NUMBERS) {
            form.nonEmpty(name).map(String::strip).ifPresent(text -> putNumber(source, name, text));
        }
        for (String key : FILTERS) {
            form.nonEmpty("filter." + key)
                    .ifPresent(text -> source.withObject("/filter").put(key, text.strip()));
        }
        form.text("pinned")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .forEach(line -> source.withArray("pinned").add(line));
        if (!form.text("forget").isEmpty()) {
            source.put("credentials", "");
        }
        return source;
    }

    private static void putNumber(ObjectNode source, String name, String text) {
        if (text.matches(WHOLE_NUMBER)) {
            source.put(name, Long.parseLong(text));
        } else {
            source.put(name, text);
        }
    }

    /** Fields in the making. */
    private static final class Fields {
        private final List<Field> all = new ArrayList<>();
        private final ObjectNode filled;
        private final Map<String, String> faults;

        Fields(ObjectNode filled, Map<String, String> faults) {
            this.filled = filled;
            this.faults = faults;
        }

        void text(String name, String label, String hint) {
            add(name, label, hint, "text", List.of());
        }

        void choice(String name, String label, String... options) {
            add(name, label, "", "choice", List.of(options));
        }

        void add(String name, String label, String hint, String kind, List<String> options) {
            // What is wrong with a filter stands at its first field.
            String fault = faults.getOrDefault(name.equals("filter.name") ? "filter" : name, "");
            all.add(new Field(name, label, hint, kind, options, value(name), fault));
        }

        private String value(String name) {
            JsonNode value = filled.at("/" + name.replace('.', '/'));
            List<String> lines = new ArrayList<>();
            value.forEach(line -> lines.add(line.asText()));
            return value.isArray() ? String.join("\n", lines) : value.asText();
        }
    }
}
