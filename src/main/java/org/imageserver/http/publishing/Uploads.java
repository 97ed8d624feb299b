package org.imageserver.http.publishing;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.UnfinishedUploads;
import org.imageserver.http.ApiException;
import org.imageserver.http.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The uploads that are not finished, and those that were in the last hour, whose clients may still ask what became of
 * them. An unfinished one has a thread and about a megabyte of memory, so there may be few; one that nobody goes on
 * with is discarded after an hour. What is kept of them is there again after a restart, and so is that hour. Thread-safe.
 */
final class Uploads implements AutoCloseable {
    /** How many may be unfinished at a time, of all accounts and of one. */
    static final int MOST = 16;

    static final int MOST_OF_ONE = 8;

    /** How long nothing may happen to an upload before it is forgotten. */
    static final Duration IDLE = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);
    private static final int REMEMBERED = 200;

    private final UnfinishedUploads unfinished;
    private final InstantSource clock;
    private final Map<String, Upload> uploads = new LinkedHashMap<>();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("upload-expiry").factory());
    private final Future<?> expiry;

    Uploads(UnfinishedUploads unfinished, InstantSource clock) {
        this.unfinished = unfinished;
        this.clock = clock;
        expiry = timer.scheduleWithFixedDelay(this::forgetIdleOrLog, 1, 1, TimeUnit.MINUTES);
    }

    /** What is done with the bytes of an upload. */
    interface Purpose {
        /** Makes an image of them, as {@link Upload.Work#publish}. */
        Image publish(Principal.Account sender, String id, Kept kept, ReadableByteChannel bytes) throws IOException;
    }

    /**
     * Takes up what a server before this one has kept. Called once, before the first request.
     *
     * @param purpose of all of them
     * @param isThere whether there is an image of a uuid
     */
    void restore(Purpose purpose, Predicate<String> isThere) {
        try {
            for (String id : unfinished.saved()) {
                restore(id, purpose, isThere);
            }
        } catch (IOException e) {
            LOG.warn("what is kept of unfinished uploads cannot be read; the next start tries again", e);
        }
    }

    private void restore(String id, Purpose purpose, Predicate<String> isThere) throws IOException {
        try {
            add(restored(id, Kept.of(unfinished.read(id)), purpose, isThere));
        } catch (JsonProcessingException e) {
            LOG.warn("what is kept of upload {} is damaged and is removed: {}", id, e.getOriginalMessage());
            unfinished.forget(id);
        }
    }

    private Upload restored(String id, Kept kept, Purpose purpose, Predicate<String> isThere) throws IOException {
        // Between its image and the end of its upload a server may have ended.
        return !kept.intent().isFileOnly() && isThere.test(kept.intent().image())
                ? Upload.published(id, kept, unfinished, clock)
                : upload(id, kept, unfinished.durable(id), purpose);
    }

    private Upload upload(String id, Kept kept, long offset, Purpose purpose) {
        return new Upload(
                id, kept, offset, (sender, bytes) -> purpose.publish(sender, id, kept, bytes), unfinished, clock);
    }

    private synchronized void add(Upload upload) {
        uploads.put(upload.id(), upload);
    }

    /**
     * Begins an upload.
     *
     * @param size in bytes, at least one
     * @throws ApiException (TooManyRequests, ServiceUnavailableError) when too many are unfinished
     * @throws IOException when it cannot be written down
     */
    Upload begin(Principal.Account owner, long size, Intent intent, Purpose purpose) throws IOException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Kept kept = new Kept(owner.name(), owner.uuid(), size, now.toString(), intent);
        Upload upload = upload(UUID.randomUUID().toString(), kept, 0, purpose);
        addIfFew(owner, upload).forEach(this::forget);
        try {
            upload.save();
        } catch (IOException e) {
            forget(upload);
            throw e;
        }
        return upload;
    }

    /** Returns those that are over and too many to be remembered. */
    private synchronized List<Upload> addIfFew(Principal.Account owner, Upload upload) {
        List<Upload> open =
                uploads.values().stream().filter(other -> !other.isOver()).toList();
        long own = open.stream().filter(other -> other.isOwnedBy(owner)).count();
        if (own >= MOST_OF_ONE) {
            throw new ApiException(
                    ErrorCode.TooManyRequests,
                    own + " of your uploads are unfinished; go on with one of them or cancel it (GET /uploads lists"
                            + " them)");
        }
        if (open.size() >= MOST) {
            throw new ApiException(
                    ErrorCode.ServiceUnavailableError,
                    open.size() + " uploads are unfinished, which is all that the server takes; try again later");
        }
        uploads.put(upload.id(), upload);
        List<Upload> over = uploads.values().stream().filter(Upload::isOver).toList();
        return over.stream().limit(Math.max(0, over.size() - REMEMBERED)).toList();
    }

    private void forget(Upload upload) {
        upload.forget();
        remove(upload);
    }

    private synchronized void remove(Upload upload) {
        uploads.remove(upload.id());
    }

    /**
     * An upload, for its owner.
     *
     * @throws ApiException (ResourceNotFound) for others too: whether there is one is not theirs to know
     */
    synchronized Upload find(String id, Principal principal) {
        return Optional.ofNullable(uploads.get(id))
                .filter(upload -> upload.isOwnedBy(principal))
                .orElseThrow(() -> new ApiException(
                        ErrorCode.ResourceNotFound,
                        "upload " + id + " not found; one that rests for an hour is discarded"));
    }

    /** All of an account, oldest first. */
    synchronized List<Upload> of(Principal principal) {
        return uploads.values().stream()
                .filter(upload -> upload.isOwnedBy(principal))
                .toList();
    }

    /**
     * Discards an upload, or forgets one that is over.
     *
     * @throws ApiException (UploadConflict) when all its bytes have come
     */
    void cancel(Upload upload) throws IOException {
        if (!upload.discard()) {
            throw new ApiException(
                    ErrorCode.UploadConflict,
                    "all bytes of the upload have come, and the image is about to appear; delete the image then");
        }
        forget(upload);
    }

    private void forgetIdleOrLog() {
        try {
            forgetIdle();
        } catch (RuntimeException e) {
            // Thrown on, it would be the last time that anybody looked.
            LOG.error("uploads that nobody goes on with cannot be discarded", e);
        }
    }

    /** Discards what nobody goes on with. Called each minute. */
    void forgetIdle() {
        for (Upload upload : all()) {
            if (upload.idle().compareTo(IDLE) >= 0) {
                discardOrWarn(upload);
            }
        }
    }

    private synchronized List<Upload> all() {
        return new ArrayList<>(uploads.values());
    }

    private void discardOrWarn(Upload upload) {
        try {
            if (upload.discard()) {
                forget(upload);
            }
        } catch (IOException e) {
            LOG.warn("upload {} cannot be discarded", upload.id(), e);
        }
    }

    /** Leaves what is unfinished to the next server; what has all its bytes gets a while to become an image. */
    @Override
    public void close() {
        expiry.cancel(false);
        timer.shutdown();
        for (Upload upload : all()) {
            try {
                upload.suspend();
            } catch (IOException e) {
                LOG.warn("upload {} cannot be stopped", upload.id(), e);
            }
        }
    }
}
