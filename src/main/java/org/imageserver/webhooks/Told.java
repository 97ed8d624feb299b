package org.imageserver.webhooks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.files.PrivateFiles;
import org.imageserver.webhooks.Event.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which images there were, and how, when something was told last; so that a start can tell what became of them while no
 * server ran. A line for each image, and one more for each event since it was written anew; the last one counts. Used by one
 * thread at a time.
 */
final class Told {
    private static final Logger LOG = LoggerFactory.getLogger(Told.class);
    private static final JsonMapper JSON = new JsonMapper();

    /** Then it is written anew: a server may run for years. */
    private static final int MOST_LINES = 20_000;

    private final Path file;
    private final String version;
    private int lines;

    /**
     * Names the file; makes nothing yet.
     *
     * @param version of the program: another one may show the very same manifest otherwise
     */
    Told(Path file, String version) {
        this.file = file;
        this.version = version;
    }

    /**
     * What became of images since the file was written.
     *
     * @return nothing where there is no file: then all of this is new to whoever listens, and no news
     */
    List<Event> since(Snapshot now) throws IOException {
        Map<String, String> before = new HashMap<>();
        boolean isSameProgram;
        // Forgiving: a crash may have cut a character.
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            isSameProgram = ("{\"version\":\"" + version + "\"}").equals(reader.readLine());
            reader.lines().forEach(line -> uuid(line).ifPresent(uuid -> before.put(uuid, line)));
        } catch (NoSuchFileException e) {
            return List.of();
        }
        List<Event> events = new ArrayList<>();
        for (Image image : now.images()) {
            if (Event.isTold(image)) {
                Optional<String> line = Optional.ofNullable(before.remove(image.uuid()));
                kind(line, image, isSameProgram).ifPresent(kind -> events.add(new Event(kind, image)));
            }
        }
        for (String line : before.values()) {
            if (read(line).path("image") instanceof ObjectNode gone) {
                events.add(new Event(Kind.DELETED, gone, ""));
            }
        }
        return events;
    }

    private static Optional<Kind> kind(Optional<String> line, Image image, boolean isSameProgram) throws IOException {
        JsonNode before = read(line.orElse("{}"));
        if (!before.has("image")) {
            return Optional.of(Kind.PUBLISHED);
        }
        boolean wasDisabled = before.at("/image/state").asText().equals("disabled");
        boolean isOther = isSameProgram
                && !before.path("etag").asText().equals(image.json().etag());
        return Event.changed(wasDisabled, image).or(() -> isOther ? Optional.of(Kind.UPDATED) : Optional.empty());
    }

    private static JsonNode read(String line) throws IOException {
        return JSON.readTree(line);
    }

    /** Of a line that a crash has cut, nothing is known. */
    private static Optional<String> uuid(String line) {
        try {
            return Optional.ofNullable(read(line).path("uuid").textValue());
        } catch (JsonProcessingException e) {
            LOG.debug("half a line", e);
            return Optional.empty();
        } catch (IOException e) {
            throw new IllegalStateException("a string can be read", e);
        }
    }

    private static String line(Image image) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("uuid", image.uuid()).put("etag", image.json().etag());
        json.set("image", Event.about(image));
        return json + "\n";
    }

    /** Writes down all that there is now. */
    void write(Snapshot now) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        // It names private images.
        PrivateFiles.replace(file, stream -> {
            stream.write(("{\"version\":\"" + version + "\"}\n").getBytes(StandardCharsets.UTF_8));
            for (Image image : now.images()) {
                if (Event.isTold(image)) {
                    stream.write(line(image).getBytes(StandardCharsets.UTF_8));
                }
            }
        });
        lines = 0;
    }

    /** Writes down what has just been told. */
    void add(List<Event> events, Snapshot now) throws IOException {
        lines += events.size();
        if (lines > MOST_LINES) {
            write(now);
            return;
        }
        StringBuilder text = new StringBuilder();
        for (Event event : events) {
            text.append(now.own(event.uuid())
                    .filter(Event::isTold)
                    .map(Told::line)
                    .orElseGet(() -> "{\"uuid\":\"" + event.uuid() + "\"}\n"));
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    /** Forgets it: nobody listens, so that nobody is told later what became of images meanwhile. */
    void forget() throws IOException {
        Files.deleteIfExists(file);
    }
}
