package org.imageserver.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.imageserver.config.Settings.Source;

/** Reads the key {@code sources}. */
final class SourcesReader {
    private final ConfigFile file;

    SourcesReader(ConfigFile file) {
        this.file = file;
    }

    List<Source> read() throws ConfigException {
        List<Source> sources = new ArrayList<>();
        for (JsonNode source : values()) {
            sources.add(source(source));
        }
        return List.copyOf(sources);
    }

    /** Each as it is written down. */
    List<JsonNode> values() throws ConfigException {
        Optional<JsonNode> value = file.value(SettingsKey.SOURCES);
        List<JsonNode> sources = new ArrayList<>();
        value.ifPresent(list -> list.forEach(sources::add));
        if (value.isPresent() && !(value.get().isArray() && sources.stream().allMatch(JsonNode::isObject))) {
            throw wrong("expected " + SettingsKey.SOURCES.expected());
        }
        return sources;
    }

    Source source(JsonNode source) throws ConfigException {
        try {
            return new SourceReader(source, file.directory()).read();
        } catch (WrongSourceException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    /** Without what was found there, which may hold credentials. */
    private ConfigException wrong(String detail) {
        return file.wrongSecret(SettingsKey.SOURCES, detail);
    }
}
