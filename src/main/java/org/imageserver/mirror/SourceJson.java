package org.imageserver.mirror;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.imageserver.config.Settings.Source;

/** What a source is asked for, as the API shows it: all but what is secret, in the words of the configuration. */
final class SourceJson {
    private SourceJson() {}

    /** Under {@code settings} is what can be sent back to change it, without address, channel and credentials. */
    static ObjectNode of(Source source, boolean isConfigured) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("id", source.id())
                .put("url", source.host())
                .put("from", isConfigured ? "configuration" : "server");
        source.channel().ifPresent(channel -> json.put("channel", channel));
        json.put("has_credentials", source.authorization().isPresent());
        json.set("settings", settings(source));
        return json;
    }

    private static ObjectNode settings(Source source) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("policy", word(source.policy()));
        source.type().ifPresent(type -> json.put("type", word(type)));
        source.caFile().ifPresent(file -> json.put("ca_file", file.toString()));
        if (!source.filter().isEmpty()) {
            ObjectNode filter = json.putObject("filter");
            source.filter().forEach(filter::put);
        }
        put(json, "newest", source.newest());
        source.publishedAfter().ifPresent(date -> json.put("published_after", date.toString()));
        put(json, "max_size", source.maxSize());
        put(json, "bytes_per_second", source.bytesPerSecond());
        json.put("interval_seconds", source.interval().toSeconds());
        json.put("when_gone", word(source.whenGone()));
        source.trust().ifPresent(key -> json.put("trust", key));
        json.put("parallel", source.parallel());
        source.pinned().stream().sorted().forEach(json.withArray("pinned")::add);
        return json;
    }

    private static void put(ObjectNode json, String key, long limit) {
        if (limit > 0) {
            json.put(key, limit);
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
