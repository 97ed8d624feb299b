package org.imageserver.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.imageserver.zfs.ObjectSetType;
import org.imageserver.zfs.SnapshotFacts;
import org.imageserver.zfs.StreamFacts;

/** What was found out, for people and for programs. Guids are text in both: they do not fit into a JSON number. */
final class VerifyReport {
    private VerifyReport() {}

    /** One line a problem; what the stream holds only if it is intact. */
    static String text(Examined examined) {
        StringBuilder text = new StringBuilder();
        examined.problems().forEach(problem -> text.append(line(examined.name() + ": ", problem)));
        if (examined.problems().isEmpty()) {
            text.append(line(examined.name() + ": ", "intact"));
        }
        examined.facts().ifPresent(facts -> {
            SnapshotFacts last = facts.last();
            text.append(line("  snapshot  ", last.name() + ", made " + last.creation()));
            text.append(line("  guid      ", last.toguid().decimal()));
            text.append(line(
                    "  fromguid  ",
                    facts.isIncremental() ? facts.first().fromguid().decimal() : "none: it is complete in itself"));
            text.append(line("  type      ", type(facts)));
            text.append(line(
                    "  features  ",
                    facts.features().isEmpty() ? "none" : facts.features().toString()));
            text.append(line(
                    "  size      ",
                    facts.fileBytes() + " bytes (" + facts.compression().jsonName() + "), inflated "
                            + facts.streamBytes()));
        });
        examined.sha1().ifPresent(sha1 -> text.append(line("  sha1      ", sha1)));
        examined.warnings().forEach(warning -> text.append(line("  warning: ", warning)));
        return text.toString();
    }

    private static String line(String label, String value) {
        return label + value + System.lineSeparator();
    }

    private static String type(StreamFacts facts) {
        String kind =
                facts.kind() == StreamFacts.Kind.PACKAGE ? ", a package of " + facts.snapshots() + " snapshots" : "";
        String size =
                facts.volumeSize().isPresent() ? " of " + facts.volumeSize().getAsLong() + " bytes" : "";
        return name(facts.last().type()) + size + kind;
    }

    private static String name(ObjectSetType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    /** All of them as one array. */
    static String json(Iterable<Examined> all) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        all.forEach(examined -> array.add(json(examined)));
        return array.toPrettyString();
    }

    private static ObjectNode json(Examined examined) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", examined.name()).put("ok", examined.problems().isEmpty());
        examined.problems().forEach(json.putArray("problems")::add);
        examined.warnings().forEach(json.putArray("warnings")::add);
        examined.sha1().ifPresent(sha1 -> json.put("sha1", sha1));
        examined.facts().ifPresent(facts -> put(json, facts));
        return json;
    }

    private static void put(ObjectNode json, StreamFacts facts) {
        SnapshotFacts last = facts.last();
        json.put("snapshot", last.name())
                .put("creation", last.creation().toString())
                .put("guid", last.toguid().decimal())
                .put(
                        "fromguid",
                        facts.isIncremental() ? facts.first().fromguid().decimal() : null)
                .put("type", name(last.type()))
                .put("snapshots", facts.snapshots())
                .put("compression", facts.compression().jsonName())
                .put("size", facts.fileBytes())
                .put("stream_size", facts.streamBytes());
        facts.features().names().forEach(json.putArray("features")::add);
        facts.volumeSize().ifPresent(size -> json.put("volsize", size));
    }
}
