package org.imageserver.acme;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.imageserver.files.PrivateFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often the authority was asked of late, in a file: a server that is started again and again must not ask each time.
 * Immutable.
 *
 * @param directory of the authority that gave the certificate; empty before the first
 * @param times of the last hour, oldest first
 * @param notBefore when the authority wants to be asked again
 */
record Attempts(String directory, List<Instant> times, Instant notBefore) {
    /** In an hour: of those that fail, Let's Encrypt allows five. */
    static final int MOST = 4;

    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
    private static final Duration SPAN = Duration.ofHours(1);

    /** What an authority or a wrong clock says beyond this is not believed. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(8);

    private static final JsonMapper JSON = new JsonMapper();
    private static final Attempts NONE = new Attempts("", List.of(), Instant.EPOCH);

    Attempts {
        times = List.copyOf(times);
    }

    /** Those in the file; none if there is no file, or none that can be understood. */
    static Attempts read(Path file) throws IOException {
        try {
            JsonNode json = JSON.readTree(Files.readAllBytes(file));
            List<Instant> times = new ArrayList<>();
            for (JsonNode time : json.path("attempts")) {
                times.add(Instant.parse(time.asText()));
            }
            return new Attempts(
                    json.path("directory").asText(),
                    times,
                    Instant.parse(json.path("not_before").asText(Instant.EPOCH.toString())));
        } catch (NoSuchFileException e) {
            return NONE;
        } catch (JsonProcessingException | DateTimeException e) {
            LOG.warn("{} is damaged; it is written anew", file, e);
            return NONE;
        }
    }

    void write(Path file) throws IOException {
        ObjectNode json = JSON.createObjectNode().put("directory", directory);
        ArrayNode array = json.putArray("attempts");
        times.forEach(time -> array.add(time.toString()));
        json.put("not_before", notBefore.toString());
        PrivateFiles.replace(file, json.toPrettyString() + "\n");
    }

    /** With one more. */
    Attempts with(Instant now) {
        List<Instant> all = new ArrayList<>(recent(now));
        all.add(now);
        return new Attempts(directory, all, notBefore);
    }

    /** After an answer that says when to come again. */
    Attempts notBefore(Instant time) {
        return new Attempts(directory, times, time);
    }

    /** What lies far ahead is from before the clock was set back, nobody knows when. */
    private List<Instant> recent(Instant now) {
        return times.stream()
                .filter(time -> time.isAfter(now.minus(SPAN)) && time.isBefore(now.plus(SPAN)))
                .toList();
    }

    /** From when on it may be asked once more. */
    Instant next(Instant now) {
        List<Instant> recent = recent(now);
        Instant next =
                recent.size() < MOST ? now : recent.get(recent.size() - MOST).plus(SPAN);
        boolean isTold = notBefore.isAfter(next) && notBefore.isBefore(now.plus(LONGEST_WAIT));
        return isTold ? notBefore : next;
    }
}
