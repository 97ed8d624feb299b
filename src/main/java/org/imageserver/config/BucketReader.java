package org.imageserver.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.imageserver.config.Settings.Bucket;

/** Reads the key {@code storage}. */
final class BucketReader {
    private static final String EXPECTED_BUCKET = "a bucket's name";
    private static final List<String> KEYS = List.of(
            "type", "endpoint", "bucket", "prefix", "region", "path_style", "cache_dir", "cache_bytes", "redirect");

    /** What stores other than Amazon's take without asking. */
    private static final String DEFAULT_REGION = "us-east-1";

    /** 20 GiB: as much as the largest file. */
    private static final long DEFAULT_CACHE = 20L << 30;

    private final ConfigFile file;

    BucketReader(ConfigFile file) {
        this.file = file;
    }

    /** The bucket, if images are kept in one. */
    Optional<Bucket> read(Path serveDir, List<ListenAddress> listen) throws ConfigException {
        Optional<JsonNode> value = file.value(SettingsKey.STORAGE);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        JsonNode storage = value.get();
        if (!storage.isObject()) {
            throw file.wrong(SettingsKey.STORAGE);
        }
        return switch (storage.path("type").asText()) {
            case "directory" -> directory(storage);
            case "s3" -> Optional.of(bucket(storage, serveDir, listen));
            default -> throw file.wrong(SettingsKey.STORAGE);
        };
    }

    private Optional<Bucket> directory(JsonNode storage) throws ConfigException {
        if (storage.size() > 1) {
            throw file.wrong(SettingsKey.STORAGE, "a directory is named by serve_dir and needs no other key here");
        }
        return Optional.empty();
    }

    private Bucket bucket(JsonNode storage, Path serveDir, List<ListenAddress> listen) throws ConfigException {
        for (String key : (Iterable<String>) storage::fieldNames) {
            if (!KEYS.contains(key)) {
                throw file.wrong(
                        SettingsKey.STORAGE, "unknown key \"" + key + "\"; known are " + String.join(", ", KEYS));
            }
        }
        String prefix = text(storage, "prefix", "a string").orElse("");
        Optional<URI> endpoint = endpoint(storage);
        return new Bucket(
                endpoint,
                text(storage, "bucket", EXPECTED_BUCKET)
                        .filter(Predicate.not(String::isBlank))
                        .orElseThrow(() -> wrong("bucket", EXPECTED_BUCKET)),
                prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/",
                text(storage, "region", "a region's name").orElse(DEFAULT_REGION),
                isPathStyle(storage, endpoint.isPresent()),
                file.directory()
                        .resolve(text(storage, "cache_dir", "a path")
                                .orElse(serveDir.resolve(".image-server/cache").toString()))
                        .toAbsolutePath()
                        .normalize(),
                cacheBytes(storage),
                redirect(storage, listen));
    }

    private Optional<String> text(JsonNode storage, String key, String expected) throws ConfigException {
        JsonNode value = storage.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw wrong(key, expected);
        }
        return Optional.of(value.textValue());
    }

    private Optional<URI> endpoint(JsonNode storage) throws ConfigException {
        String expected = "an address such as \"https://minio.example.com:9000\"";
        Optional<String> text = text(storage, "endpoint", expected);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(text.get());
            if (!List.of("http", "https").contains(String.valueOf(uri.getScheme())) || uri.getHost() == null) {
                throw wrong("endpoint", expected);
            }
            return Optional.of(uri);
        } catch (URISyntaxException e) {
            throw wrong("endpoint", expected);
        }
    }

    private boolean isPathStyle(JsonNode storage, boolean otherwise) throws ConfigException {
        JsonNode value = storage.path("path_style");
        if (!value.isMissingNode() && !value.isBoolean()) {
            throw wrong("path_style", "true or false");
        }
        return value.asBoolean(otherwise);
    }

    private long cacheBytes(JsonNode storage) throws ConfigException {
        JsonNode value = storage.path("cache_bytes");
        if (value.isMissingNode()) {
            return DEFAULT_CACHE;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw wrong("cache_bytes", "a number of bytes, 0 for no cache");
        }
        return value.longValue();
    }

    private List<ListenAddress> redirect(JsonNode storage, List<ListenAddress> listen) throws ConfigException {
        List<ListenAddress> redirect = new ArrayList<>();
        for (JsonNode entry : storage.path("redirect")) {
            ListenAddress address = ListenAddress.parse(entry.asText(), file.directory());
            if (!listen.contains(address)) {
                throw wrong(
                        "redirect",
                        "a list of addresses that \"listen\" has too, and \"" + entry.asText() + "\" is none");
            }
            redirect.add(address);
        }
        return List.copyOf(redirect);
    }

    private ConfigException wrong(String key, String expected) {
        return file.wrong(SettingsKey.STORAGE, "\"" + key + "\" must be " + expected);
    }
}
