package org.imageserver.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
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

/** Reads one source, wherever it is written down, and finds all that is wrong with it. Used once, by one thread. */
final class SourceReader {
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
    private static final Pattern CHANNEL = Pattern.compile("[A-Za-z0-9._-]+");
    private static final long HOUR_SECONDS = 3600;
    private static final int PARALLEL = 2;
    private static final int MOST_PARALLEL = 8;

    private final JsonNode source;
    private final Path directory;
    private final Map<String, String> faults = new LinkedHashMap<>();

    /**
     * Takes a source.
     *
     * @param directory that relative paths count from
     */
    SourceReader(JsonNode source, Path directory) {
        this.source = source;
        this.directory = directory;
    }

    /**
     * Reads it.
     *
     * @throws WrongSourceException with every key that cannot be used
     */
    Source read() throws WrongSourceException {
        for (String key : (Iterable<String>) source::fieldNames) {
            if (!KEYS.contains(key)) {
                faults.put(key, "is no key of a source; known are " + String.join(", ", KEYS));
            }
        }
        Source read = new Source(
                url(),
                choice("policy", Source.Policy.MIRROR),
                source.has("type") ? Optional.of(choice("type", Source.Type.IMGAPI)) : Optional.empty(),
                channel(),
                text("credentials").map(SourceReader::basic),
                caFile(),
                filter(),
                (int) number("newest", 0, Integer.MAX_VALUE, 0),
                publishedAfter(),
                number("max_size", 0, Long.MAX_VALUE, 0),
                number("bytes_per_second", 0, Long.MAX_VALUE, 0),
                Duration.ofSeconds(
                        number("interval_seconds", 10, Duration.ofDays(365).toSeconds(), HOUR_SECONDS)),
                choice("when_gone", Source.WhenGone.KEEP),
                trust(),
                (int) number("parallel", 1, MOST_PARALLEL, PARALLEL),
                pinned());
        if (!faults.isEmpty()) {
            throw new WrongSourceException(faults);
        }
        return read;
    }

    private Set<String> pinned() {
        JsonNode pinned = source.path("pinned");
        Set<String> uuids = new LinkedHashSet<>();
        boolean isUsable = pinned.isMissingNode() || pinned.isArray();
        for (JsonNode uuid : pinned) {
            isUsable &= uuid.isTextual() && UUID.matcher(uuid.textValue()).matches();
            uuids.add(uuid.asText());
        }
        if (!isUsable) {
            wrong("pinned", "a list of lower-case UUIDs");
        }
        return Set.copyOf(uuids);
    }

    private String url() {
        try {
            URI url = new URI(text("url").orElse(""));
            boolean isUsable = Arrays.asList("http", "https").contains(url.getScheme())
                    && url.getHost() != null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null
                    && url.getUserInfo() == null;
            if (isUsable) {
                return url.toString().replaceAll("/+$", "");
            }
        } catch (URISyntaxException e) {
            // Said below, as of any other text that is no address.
        }
        wrong("url", "the address of a server, such as \"https://images.smartos.org\"");
        return "";
    }

    /** It becomes part of addresses that are asked for. */
    private Optional<String> channel() {
        Optional<String> channel = text("channel");
        if (channel.filter(name -> !CHANNEL.matcher(name).matches()).isPresent()) {
            wrong("channel", "the name of a channel: letters, digits, points, hyphens and underscores");
        }
        return channel;
    }

    private Optional<Path> caFile() {
        try {
            return text("ca_file").map(directory::resolve);
        } catch (InvalidPathException e) {
            wrong("ca_file", "the path of a file");
            return Optional.empty();
        }
    }

    private Map<String, String> filter() {
        JsonNode filter = source.path("filter");
        Map<String, String> wanted = new LinkedHashMap<>();
        boolean isUsable = filter.isMissingNode() || filter.isObject();
        for (Map.Entry<String, JsonNode> entry : filter.properties()) {
            isUsable &= FILTERS.contains(entry.getKey()) && entry.getValue().isTextual();
            wanted.put(entry.getKey(), entry.getValue().asText());
        }
        if (!isUsable) {
            wrong("filter", "an object of texts with keys among " + String.join(", ", FILTERS));
        }
        return wanted;
    }

    private Optional<Instant> publishedAfter() {
        Optional<String> text = text("published_after");
        try {
            return text.map(date -> date.length() == "2026-01-31".length()
                    ? LocalDate.parse(date).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : Instant.parse(date));
        } catch (DateTimeException e) {
            wrong("published_after", "a date such as \"2026-01-31\"");
            return Optional.empty();
        }
    }

    private Optional<String> trust() {
        Optional<String> key = text("trust");
        if (key.filter(line -> !line.startsWith("ssh-ed25519 ")).isPresent()) {
            wrong("trust", "a public key, \"ssh-ed25519 AAAA...\", as image-server key new prints it");
        }
        return key;
    }

    private long number(String key, long least, long most, long otherwise) {
        JsonNode value = source.path(key);
        if (value.isMissingNode()) {
            return otherwise;
        }
        boolean isUsable = value.isIntegralNumber()
                && value.canConvertToLong()
                && value.longValue() >= least
                && value.longValue() <= most;
        if (!isUsable) {
            wrong(
                    key,
                    most >= Integer.MAX_VALUE
                            ? "a whole number, " + least + " or more"
                            : "a whole number from " + least + " to " + most);
            return otherwise;
        }
        return value.longValue();
    }

    private <E extends Enum<E>> E choice(String key, E otherwise) {
        Optional<String> chosen = text(key);
        List<E> choices = List.of(otherwise.getDeclaringClass().getEnumConstants());
        Optional<E> known = choices.stream()
                .filter(each -> chosen.filter(word(each)::equals).isPresent())
                .findFirst();
        if (chosen.isPresent() && known.isEmpty()) {
            wrong(
                    key,
                    "one of "
                            + String.join(
                                    ", ",
                                    choices.stream().map(SourceReader::word).toList()));
        }
        return known.orElse(otherwise);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private Optional<String> text(String key) {
        JsonNode value = source.path(key);
        if (!value.isMissingNode() && !value.isTextual()) {
            wrong(key, "a text");
        }
        return Optional.ofNullable(value.textValue());
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    /** The first fault of a key is the one that counts. */
    private void wrong(String key, String expected) {
        faults.putIfAbsent(key, "must be " + expected);
    }
}
