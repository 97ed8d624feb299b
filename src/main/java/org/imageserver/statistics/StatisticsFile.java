package org.imageserver.statistics;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.NoSuchBlobException;
import org.imageserver.storage.PendingBlob;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The statistics as they lie in the storage:
 *
 * <pre>{@code
 * {"hours": [[NUMBER, REQUESTS, BYTES, DOWNLOADS], ...],
 *  "days": [[NUMBER, REQUESTS, BYTES, DOWNLOADS], ...],
 *  "images": {"UUID": [TOTAL, NUMBER, DOWNLOADS, DISTANCE, DOWNLOADS, ...], ...}}
 * }</pre>
 *
 * <p>Numbers of hours and days count from 1970 in UTC; an image's first day has its number, the others their distance
 * from the one before. Used by one thread at a time.
 */
final class StatisticsFile {
    /** Hidden, so no listing shows it. */
    static final BlobKey REMEMBERED = BlobKey.parse(".image-server/statistics.json");

    private static final Logger LOG = LoggerFactory.getLogger(StatisticsFile.class);
    private static final JsonMapper JSON = new JsonMapper();

    private final Storage storage;

    StatisticsFile(Storage storage) {
        this.storage = storage;
    }

    /** Takes up what was remembered; what is damaged is history that is lost, and nothing else. */
    void load(Series hours, Series days, Downloads downloads) {
        try (StoredBlob blob = storage.open(REMEMBERED);
                InputStream stream = blob.stream(0, Long.MAX_VALUE);
                JsonParser json = JSON.createParser(stream)) {
            expect(JsonToken.START_OBJECT, json.nextToken());
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                switch (json.currentName()) {
                    case "hours" -> read(json, hours);
                    case "days" -> read(json, days);
                    case "images" -> read(json, downloads);
                    default -> throw new DamagedException("unknown field " + json.currentName());
                }
            }
        } catch (NoSuchBlobException e) {
            LOG.debug("no statistics are remembered yet");
        } catch (JsonProcessingException e) {
            LOG.warn("{} is damaged; its counts are lost: {}", REMEMBERED, e.getOriginalMessage());
        } catch (IOException e) {
            LOG.warn("{} cannot be read; its counts are lost: {}", REMEMBERED, e.toString());
        }
    }

    /** JSON, but not what this class writes. */
    private static final class DamagedException extends JsonProcessingException {
        DamagedException(String message) {
            super(message);
        }
    }

    private static void expect(JsonToken wanted, @Nullable JsonToken found) throws DamagedException {
        if (found != wanted) {
            throw new DamagedException("expected " + wanted + " and found " + found);
        }
    }

    private static void read(JsonParser json, Series series) throws IOException {
        expect(JsonToken.START_ARRAY, json.nextToken());
        while (json.nextToken() == JsonToken.START_ARRAY) {
            long[] span = numbers(json, 4);
            series.put(span[0], Traffic.of(span[1], span[2], span[3]));
        }
    }

    private static void read(JsonParser json, Downloads downloads) throws IOException {
        expect(JsonToken.START_OBJECT, json.nextToken());
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            UUID image = uuid(json.currentName());
            json.nextToken();
            downloads.put(image, counts(numbers(json, 1)));
        }
    }

    private static UUID uuid(String name) throws DamagedException {
        try {
            return UUID.fromString(name);
        } catch (IllegalArgumentException e) {
            throw new DamagedException("no uuid: " + name);
        }
    }

    private static long[] numbers(JsonParser json, int least) throws IOException {
        long[] numbers = json.readValueAs(long[].class);
        if (numbers.length < least || Arrays.stream(numbers).anyMatch(number -> number < 0)) {
            throw new DamagedException("no counts: " + Arrays.toString(numbers));
        }
        return numbers;
    }

    private static DayCounts counts(long[] numbers) {
        TreeMap<Long, Long> days = new TreeMap<>();
        long day = 0;
        for (int index = 1; index + 1 < numbers.length; index += 2) {
            day += numbers[index];
            days.put(day, numbers[index + 1]);
        }
        return DayCounts.of(numbers[0], days);
    }

    /** Writes everything down, in pieces: the text of a long history need not be in memory as a whole. */
    void save(Series hours, Series days, Downloads downloads) throws IOException {
        try (PendingBlob pending = storage.begin(REMEMBERED)) {
            JsonGenerator json = JSON.createGenerator(Channels.newOutputStream(pending));
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.writeStartObject();
            write("hours", hours, json);
            write("days", days, json);
            json.writeObjectFieldStart("images");
            for (Map.Entry<UUID, DayCounts> image : downloads.all().entrySet()) {
                json.writeFieldName(image.getKey().toString());
                write(image.getValue(), json);
            }
            json.writeEndObject();
            json.writeEndObject();
            json.close();
            pending.commit();
        }
    }

    private static void write(String name, Series series, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart(name);
        for (Map.Entry<Long, Traffic> span : series.all().entrySet()) {
            Traffic counts = span.getValue();
            long[] numbers = {span.getKey(), counts.requests(), counts.bytes(), counts.downloads()};
            json.writeArray(numbers, 0, numbers.length);
        }
        json.writeEndArray();
    }

    private static void write(DayCounts counts, JsonGenerator json) throws IOException {
        json.writeStartArray();
        json.writeNumber(counts.total());
        long before = 0;
        for (Map.Entry<Long, Long> day : counts.days().entrySet()) {
            json.writeNumber(day.getKey() - before);
            json.writeNumber(day.getValue());
            before = day.getKey();
        }
        json.writeEndArray();
    }
}
