package org.imageserver.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.imageserver.config.Settings.Source;

/**
 * The sources that administrators gave the server while it ran, in a file of its own: a configuration with the key
 * {@code sources} alone, so what may stand there, and what is wrong with it, is decided in one place.
 */
public final class OwnSources {
    private static final JsonMapper JSON = new JsonMapper();

    private OwnSources() {}

    /**
     * One of them.
     *
     * @param json as it is written down, with its credentials
     * @param source what that means
     */
    public record Entry(ObjectNode json, Source source) {
        /** Without the secrets. */
        @Override
        public String toString() {
            return source.toString();
        }
    }

    /** Where they are kept, for a directory of images. */
    public static Path file(Path serveDir) {
        return serveDir.resolve(".image-server/sources.json");
    }

    /**
     * What is kept; nothing when there is no file.
     *
     * @throws ConfigException when the file cannot be read, or a source in it cannot be used
     */
    public static List<Entry> read(Path file) throws ConfigException {
        if (Files.notExists(file)) {
            return List.of();
        }
        SourcesReader reader = new SourcesReader(ConfigFile.read(file).only(SettingsKey.SOURCES));
        List<Entry> entries = new ArrayList<>();
        for (JsonNode value : reader.values()) {
            entries.add(new Entry((ObjectNode) value, reader.source(value)));
        }
        return List.copyOf(entries);
    }

    /**
     * Understands one that is to be kept in a file.
     *
     * @throws WrongSourceException with every key that cannot be used
     */
    public static Entry parse(ObjectNode json, Path file) throws WrongSourceException {
        return new Entry(json, new SourceReader(json, ConfigFile.directoryOf(file)).read());
    }

    /** Those of a configuration and these; where both say how one is asked, the configuration counts. */
    public static List<Source> beside(List<Source> configured, List<Entry> own) {
        Set<String> ids = configured.stream().map(Source::id).collect(Collectors.toSet());
        return Stream.concat(
                        configured.stream(),
                        own.stream().map(Entry::source).filter(source -> !ids.contains(source.id())))
                .toList();
    }

    /** The content of the file. */
    public static byte[] print(List<Entry> entries) {
        ObjectNode whole = JsonNodeFactory.instance.objectNode();
        entries.forEach(entry -> whole.withArray("sources").add(entry.json()));
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(whole);
        } catch (IOException e) {
            throw new IllegalStateException("a tree can be printed", e);
        }
    }
}
