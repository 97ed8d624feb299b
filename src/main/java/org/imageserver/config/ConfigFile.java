package org.imageserver.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * A configuration file, read: one JSON object whose keys are all known, each with the line it stands in.
 *
 * <p>Comments ({@code //}, {@code /* *}{@code /}, {@code #}) and a comma after the last entry are allowed, because
 * people write this file by hand.
 */
final class ConfigFile {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(JsonReadFeature.ALLOW_YAML_COMMENTS)
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            // 1e999 is too large, not infinite.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private record Entry(JsonNode value, int line) {}

    private final Path path;
    private final Map<SettingsKey, Entry> entries = new EnumMap<>(SettingsKey.class);

    private ConfigFile(Path path) {
        this.path = path;
    }

    /** A file without any key, for a start without configuration; relative paths count from {@code directory}. */
    static ConfigFile empty(Path directory) {
        return new ConfigFile(directory.resolve("(no configuration file)"));
    }

    static ConfigFile read(Path path) throws ConfigException {
        ConfigFile file = new ConfigFile(path.toAbsolutePath());
        // Of bytes: the parser knows the mark that some editors put before the text.
        try (InputStream bytes = Files.newInputStream(path);
                JsonParser parser = MAPPER.createParser(bytes)) {
            file.readObject(parser);
        } catch (JsonProcessingException e) {
            throw new ConfigException(
                    path + " line " + e.getLocation().getLineNr() + ": not valid JSON: " + e.getOriginalMessage());
        } catch (NoSuchFileException e) {
            throw new ConfigException(path + ": no such file");
        } catch (AccessDeniedException e) {
            throw new ConfigException(path + ": may not be read by " + System.getProperty("user.name")
                    + "; run this as the user of the server, or chown the file");
        } catch (IOException e) {
            throw new ConfigException(path + ": cannot be read: " + e.getMessage());
        }
        return file;
    }

    private void readObject(JsonParser parser) throws IOException, ConfigException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new ConfigException(path + ": expected one JSON object, {\"key\": value, ...}");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            int line = parser.currentTokenLocation().getLineNr();
            SettingsKey key = SettingsKey.of(name).orElseThrow(() -> unknown(name, line));
            parser.nextToken();
            if (entries.put(key, new Entry(value(parser), line)) != null) {
                throw new ConfigException(path + " line " + line + ": \"" + name + "\" stands here a second time");
            }
        }
        if (parser.nextToken() != null) {
            throw new ConfigException(path + " line "
                    + parser.currentTokenLocation().getLineNr() + ": unexpected text after the end of the object");
        }
    }

    private JsonNode value(JsonParser parser) throws IOException, ConfigException {
        try {
            return MAPPER.readTree(parser);
        } catch (NumberFormatException e) { // of an exponent with more than ten digits
            int line = parser.currentLocation().getLineNr();
            throw new ConfigException(path + " line " + line + ": a number is larger than any that is of use");
        }
    }

    private ConfigException unknown(String name, int line) {
        String suggestion = Arrays.stream(SettingsKey.values())
                .map(SettingsKey::key)
                .min(Comparator.comparingInt(known -> EditDistance.between(known, name)))
                .filter(known -> EditDistance.between(known, name) <= 3)
                .map(known -> "; did you mean \"" + known + "\"?")
                .orElse("");
        return new ConfigException(path + " line " + line + ": unknown key \"" + name + "\"" + suggestion);
    }

    /** The same, of which nothing may stand there but this key. */
    ConfigFile only(SettingsKey key) throws ConfigException {
        for (Map.Entry<SettingsKey, Entry> entry : entries.entrySet()) {
            if (entry.getKey() != key) {
                throw new ConfigException(path + " line " + entry.getValue().line() + ": \""
                        + entry.getKey().key() + "\" does not belong here; this file holds \"" + key.key()
                        + "\" alone");
            }
        }
        return this;
    }

    /** The directory that relative paths in the file count from. */
    Path directory() {
        return directoryOf(path);
    }

    /** A path in an object of the file; empty when there is none. */
    Optional<Path> path(JsonNode object, String key) {
        String text = object.path(key).asText();
        return text.isBlank() ? Optional.empty() : Optional.of(directory().resolve(text));
    }

    static Path directoryOf(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null ? Path.of("") : parent;
    }

    /** The value of a key, absent too when it is {@code null}. */
    Optional<JsonNode> value(SettingsKey key) {
        return Optional.ofNullable(entries.get(key)).map(Entry::value).filter(value -> !value.isNull());
    }

    Optional<String> string(SettingsKey key) throws ConfigException {
        Optional<JsonNode> value = value(key);
        if (value.isPresent() && !value.get().isTextual()) {
            throw wrong(key);
        }
        return value.map(JsonNode::textValue);
    }

    /** The error for a value of the wrong type or out of range: names the key, its line, and what was expected. */
    ConfigException wrong(SettingsKey key) {
        return wrong(key, "");
    }

    ConfigException wrong(SettingsKey key, String detail) {
        Entry entry = entries.get(key);
        String where = entry == null ? path.toString() : path + " line " + entry.line();
        String found = entry == null ? "" : ", found " + shortened(entry.value().toString());
        return new ConfigException(where + ": \"" + key.key() + "\": expected " + key.expected() + found
                + (detail.isEmpty() ? "" : " (" + detail + ")"));
    }

    /** The same for a value that nobody else may read in a log. */
    ConfigException wrongSecret(SettingsKey key, String detail) {
        Entry entry = entries.get(key);
        String where = entry == null ? path.toString() : path + " line " + entry.line();
        return new ConfigException(where + ": \"" + key.key() + "\": " + detail);
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
