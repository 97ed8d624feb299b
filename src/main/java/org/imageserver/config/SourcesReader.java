package org.imageserver.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.imageserver.config.Settings.Source;

/** Reads the key {@code sources}. */
final class SourcesReader {
    private static final List<String> KEYS = List.of(
            "url",
            "policy",
            "type",
            "channel",
            "credentials",
            "ca_file",
            "filter",
            "newest",
            "published_after",
            "max_size",
            "bytes_per_second",
            "interval_seconds",
            "when_gone",
            "trust",
            "parallel",
            "pinned");
    private static final List<String> FILTERS = List.of("uuid", "name", "version", "os", "type", "owner");
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final long HOUR_SECONDS = 3600;
    private static final int PARALLEL = 2;
    private static final int MOST_PARALLEL = 8;

    private final ConfigFile file;

    SourcesReader(ConfigFile file) {
        this.file = file;
    }

    List<Source> read() throws ConfigException {
        Optional<JsonNode> value = file.value(SettingsKey.SOURCES);
        if (value.isPresent() && !value.get().isArray()) {
            throw file.wrong(SettingsKey.SOURCES);
        }
        List<Source> sources = new ArrayList<>();
        for (JsonNode source : value.isPresent() ? value.get() : List.<JsonNode>of()) {
            sources.add(source(source));
        }
        return List.copyOf(sources);
    }

    private Source source(JsonNode source) throws ConfigException {
        if (!source.isObject()) {
            throw file.wrong(SettingsKey.SOURCES);
        }
        for (String key : (Iterable<String>) source::fieldNames) {
            if (!KEYS.contains(key)) {
                throw file.wrong(
                        SettingsKey.SOURCES, "unknown key \"" + key + "\"; known are " + String.join(", ", KEYS));
            }
        }
        return new Source(
                url(source),
                Source.Policy.valueOf(choice(source, "policy", List.of("mirror", "on-demand", "both"), "mirror")
                        .replace('-', '_')
                        .toUpperCase(Locale.ROOT)),
                type(source),
                text(source, "channel"),
                text(source, "credentials").map(SourcesReader::basic),
                text(source, "ca_file").map(file.directory()::resolve),
                filter(source.path("filter")),
                Math.toIntExact(number(source, "newest", 0, Integer.MAX_VALUE)),
                publishedAfter(source),
                number(source, "max_size", 0, Long.MAX_VALUE),
                number(source, "bytes_per_second", 0, Long.MAX_VALUE),
                Duration.ofSeconds(
                        source.has("interval_seconds")
                                ? number(
                                        source,
                                        "interval_seconds",
                                        10,
                                        Duration.ofDays(365).toSeconds())
                                : HOUR_SECONDS),
                Source.WhenGone.valueOf(choice(source, "when_gone", List.of("keep", "disable", "remove"), "keep")
                        .toUpperCase(Locale.ROOT)),
                trust(source),
                parallel(source),
                pinned(source.path("pinned")));
    }

    private Set<String> pinned(JsonNode pinned) throws ConfigException {
        Set<String> uuids = new LinkedHashSet<>();
        for (JsonNode uuid : pinned) {
            if (!uuid.isTextual() || !UUID.matcher(uuid.textValue()).matches()) {
                throw wrong("pinned", "a list of lower-case UUIDs");
            }
            uuids.add(uuid.textValue());
        }
        if (!pinned.isMissingNode() && !pinned.isArray()) {
            throw wrong("pinned", "a list of lower-case UUIDs");
        }
        return Set.copyOf(uuids);
    }

    private String url(JsonNode source) throws ConfigException {
        String expected = "the address of a server, such as \"https://images.smartos.org\"";
        try {
            URI url = new URI(text(source, "url").orElse(""));
            boolean isUsable = Arrays.asList("http", "https").contains(url.getScheme())
                    && url.getHost() != null
                    && url.getRawQuery() == null
                    && url.getUserInfo() == null;
            if (!isUsable) {
                throw wrong("url", expected);
            }
            return url.toString().replaceAll("/+$", "");
        } catch (URISyntaxException e) {
            throw wrong("url", expected);
        }
    }

    private Optional<Source.Type> type(JsonNode source) throws ConfigException {
        return source.has("type")
                ? Optional.of(Source.Type.valueOf(choice(source, "type", List.of("imgapi", "dsapi"), "imgapi")
                        .toUpperCase(Locale.ROOT)))
                : Optional.empty();
    }

    private Map<String, String> filter(JsonNode filter) throws ConfigException {
        Map<String, String> wanted = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : filter.properties()) {
            if (!FILTERS.contains(entry.getKey()) || !entry.getValue().isTextual()) {
                throw wrong("filter", "an object of texts with keys among " + String.join(", ", FILTERS));
            }
            wanted.put(entry.getKey(), entry.getValue().textValue());
        }
        return wanted;
    }

    private Optional<Instant> publishedAfter(JsonNode source) throws ConfigException {
        Optional<String> text = text(source, "published_after");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    text.get().length() == "2026-01-31".length()
                            ? LocalDate.parse(text.get())
                                    .atStartOfDay(ZoneOffset.UTC)
                                    .toInstant()
                            : Instant.parse(text.get()));
        } catch (DateTimeException e) {
            throw wrong("published_after", "a date such as \"2026-01-31\"");
        }
    }

    private int parallel(JsonNode source) throws ConfigException {
        return source.has("parallel") ? (int) number(source, "parallel", 1, MOST_PARALLEL) : PARALLEL;
    }

    private Optional<String> trust(JsonNode source) throws ConfigException {
        Optional<String> key = text(source, "trust");
        if (key.isPresent() && !key.get().startsWith("ssh-ed25519 ")) {
            throw wrong("trust", "a public key, \"ssh-ed25519 AAAA...\", as image-server key new prints it");
        }
        return key;
    }

    private long number(JsonNode source, String key, long least, long most) throws ConfigException {
        JsonNode value = source.path(key);
        if (value.isMissingNode()) {
            return 0;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < least
                || value.longValue() > most) {
            throw wrong(key, "a whole number, " + least + " or more");
        }
        return value.longValue();
    }

    private String choice(JsonNode source, String key, List<String> choices, String otherwise) throws ConfigException {
        String chosen = text(source, key).orElse(otherwise);
        if (!choices.contains(chosen)) {
            throw wrong(key, "one of " + String.join(", ", choices));
        }
        return chosen;
    }

    private Optional<String> text(JsonNode source, String key) throws ConfigException {
        JsonNode value = source.path(key);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw wrong(key, "a text");
        }
        return Optional.of(value.textValue());
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    private ConfigException wrong(String key, String expected) {
        return file.wrong(SettingsKey.SOURCES, "\"" + key + "\" must be " + expected);
    }
}
