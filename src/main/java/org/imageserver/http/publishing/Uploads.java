package org.imageserver.http.publishing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.imageserver.auth.Principal;
import org.imageserver.http.ApiException;
import org.imageserver.http.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The uploads that are not finished, and those that were in the last hour, whose clients may still ask what became of
 * them. An unfinished one has a thread and about a megabyte of memory, so there may be few; one that nobody goes on
 * with is discarded after an hour. A stop discards them all: their state is in memory. Thread-safe.
 */
final class Uploads implements AutoCloseable {
    /** How many may be unfinished at a time, of all accounts and of one. */
    static final int MOST = 16;

    static final int MOST_OF_ONE = 8;

    /** How long nothing may happen to an upload before it is forgotten. */
    static final Duration IDLE = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);
    private static final int REMEMBERED = 200;

    private final InstantSource clock;
    private final Map<String, Upload> uploads = new LinkedHashMap<>();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("upload-expiry").factory());
    private final Future<?> expiry;

    Uploads(InstantSource clock) {
        this.clock = clock;
        expiry = timer.scheduleWithFixedDelay(this::forgetIdleOrLog, 1, 1, TimeUnit.MINUTES);
    }

    /**
     * Begins an upload, as {@link Upload#Upload}.
     *
     * @throws ApiException (TooManyRequests, ServiceUnavailableError) when too many are unfinished
     */
    synchronized Upload begin(Principal.Account owner, long size, ObjectNode about, Upload.Work work) {
        List<Upload> unfinished =
                uploads.values().stream().filter(upload -> !upload.isOver()).toList();
        long own = unfinished.stream().filter(upload -> upload.isOwnedBy(owner)).count();
        if (own >= MOST_OF_ONE) {
            throw new ApiException(
                    ErrorCode.TooManyRequests,
                    own + " of your uploads are unfinished; go on with one of them or cancel it (GET /uploads lists"
                            + " them)");
        }
        if (unfinished.size() >= MOST) {
            throw new ApiException(
                    ErrorCode.ServiceUnavailableError,
                    unfinished.size() + " uploads are unfinished, which is all that the server takes; try again later");
        }
        Upload upload = new Upload(owner, size, about, work, clock);
        uploads.put(upload.id(), upload);
        forgetOldest();
        return upload;
    }

    private void forgetOldest() {
        List<Upload> over = uploads.values().stream().filter(Upload::isOver).toList();
        over.stream().limit(Math.max(0, over.size() - REMEMBERED)).forEach(this::forget);
    }

    private synchronized void forget(Upload upload) {
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
                        "upload " + id + " not found; one that rests for an hour is discarded, and so are all when"
                                + " the server stops"));
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

    private boolean discardOrWarn(Upload upload) {
        try {
            boolean isGone = upload.discard();
            if (isGone) {
                forget(upload);
            }
            return isGone;
        } catch (IOException e) {
            LOG.warn("upload {} cannot be discarded", upload.id(), e);
            return true;
        }
    }

    /** Discards what is unfinished; what has all its bytes gets a while to become an image. */
    @Override
    public void close() {
        expiry.cancel(false);
        timer.shutdown();
        for (Upload upload : all()) {
            if (!discardOrWarn(upload)) {
                upload.awaitEnd();
            }
        }
    }
}
