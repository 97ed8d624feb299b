package org.imageserver.catalogue;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.NoSuchBlobException;
import org.imageserver.storage.PendingBlob;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the reading of all files has come. Immutable.
 *
 * @param begun when the pass began that runs or ran last (ISO 8601); null before the first
 * @param after the uuid of the image that was read last in this pass; "" when it has only begun
 * @param files that this pass has read, icons among them
 * @param damaged how many of them are not what they should be
 * @param finished when the last whole pass ended; null before
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ScrubProgress(
        @Nullable String begun,
        String after,
        long files,
        long damaged,
        @Nullable String finished) {
    private static final Logger LOG = LoggerFactory.getLogger(ScrubProgress.class);
    private static final BlobKey REMEMBERED = BlobKey.parse(".image-server/scrub.json");
    private static final ScrubProgress NONE = new ScrubProgress(null, "", 0, 0, null);

    /** A newer server may have remembered more. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** As it lies in the storage, where somebody may have edited it. */
    private record Remembered(
            @Nullable String begun,
            @Nullable String after,
            long files,
            long damaged,
            @Nullable String finished) {
        ScrubProgress progress() {
            return new ScrubProgress(time(begun), after == null ? "" : after, files, damaged, time(finished));
        }

        private static @Nullable String time(@Nullable String text) {
            try {
                return text == null ? null : Instant.parse(text).toString();
            } catch (DateTimeParseException e) {
                LOG.warn("{}: \"{}\" is no time; files are read anew", REMEMBERED, text);
                return null;
            }
        }
    }

    /** What an earlier server wrote down; what is damaged costs one more pass, and nothing else. */
    static ScrubProgress load(Storage storage) {
        try (StoredBlob blob = storage.open(REMEMBERED);
                InputStream stream = blob.stream(0, Long.MAX_VALUE)) {
            return StateJson.read(JSON, stream, Remembered.class).progress();
        } catch (NoSuchBlobException e) {
            return NONE;
        } catch (JsonProcessingException e) {
            LOG.warn("{} is damaged; files are read anew: {}", REMEMBERED, e.getOriginalMessage());
        } catch (IOException e) {
            LOG.warn("{} cannot be read; files are read anew", REMEMBERED, e);
        }
        return NONE;
    }

    void save(Storage storage) {
        try (PendingBlob pending = storage.begin(REMEMBERED)) {
            pending.write(ByteBuffer.wrap(JSON.writeValueAsBytes(this)));
            pending.commit();
        } catch (IOException e) {
            LOG.warn("{} cannot be written; after a restart files are read anew: {}", REMEMBERED, e.toString());
        }
    }

    /** Whether a pass is half done. */
    boolean isUnderWay() {
        return begun != null && (finished == null || Instant.parse(finished).isBefore(Instant.parse(begun)));
    }

    /** Whether it is time to read. A pass that began in the future began before the clock was set back, nobody knows when. */
    boolean isDue(Instant now, Duration interval) {
        if (begun == null || isUnderWay()) {
            return true;
        }
        Instant last = Instant.parse(begun);
        return last.isAfter(now) || !last.plus(interval).isAfter(now);
    }

    ScrubProgress begunAt(Instant now) {
        boolean isKnown = finished != null && Instant.parse(finished).isBefore(now);
        return new ScrubProgress(now.toString(), "", 0, 0, isKnown ? finished : null);
    }

    ScrubProgress past(String uuid, int moreFiles, int moreDamaged) {
        return new ScrubProgress(begun, uuid, files + moreFiles, damaged + moreDamaged, finished);
    }

    /** It has ended, and never before it began, even if the clock was set back meanwhile: it would be under way for ever. */
    ScrubProgress finishedAt(Instant now) {
        boolean isSetBack = begun == null || Instant.parse(begun).isAfter(now);
        return new ScrubProgress(isSetBack ? now.toString() : begun, "", files, damaged, now.toString());
    }
}
