package org.imageserver.catalogue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.imageserver.storage.objects.StoreDownException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that looks at a storage by itself, now and then or because something is to be looked at again. A storage
 * that cannot be read is said once, and again when it can be read. Thread-safe.
 */
public final class Lookout implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lookout.class);

    /** Long enough for the clients that come back after a restart. */
    private static final Duration STARTED = Duration.ofSeconds(10);

    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private final String place;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("catalogue-scan").factory());

    /** Why the last look failed; used by that thread alone. */
    private String lastFailure = "";

    /**
     * Makes a thread that has nothing to do yet.
     *
     * @param place what it looks at, in the words of the log
     */
    Lookout(String place) {
        this.place = place;
    }

    /** A look at the storage. */
    interface Look {
        void take() throws IOException;
    }

    /** Looks again and again, with such a pause before each look. */
    void every(Duration interval, Look look) {
        repeat(() -> orWarn(look), interval, interval);
    }

    /** Looks once. */
    void soon(Look look) {
        thread.execute(() -> orWarn(look));
    }

    /** Does something when those who waited for the start of the server have been served. */
    public void afterStart(Runnable work) {
        ScheduledFuture<?> unused = thread.schedule(work, STARTED.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The same, and then again and again. */
    public void afterStart(Runnable work, Duration interval) {
        repeat(work, STARTED, interval);
    }

    private void repeat(Runnable work, Duration first, Duration interval) {
        ScheduledFuture<?> unused =
                thread.scheduleWithFixedDelay(work, first.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void orWarn(Look look) {
        try {
            look.take();
            if (!lastFailure.isEmpty()) {
                LOG.info("{} can be read again", place);
                lastFailure = "";
            }
        } catch (IOException | RuntimeException e) {
            if (thread.isShutdown()) {
                LOG.debug("stopped while {} was being read", place, e);
                return;
            }
            // The thread must live on: the directory may come back. Each fault is said once.
            // What a store says differs each time, if only by a request's number.
            String fault = e instanceof StoreDownException ? e.getClass().getName() : e.toString();
            if (!lastFailure.equals(fault)) {
                LOG.error("{} cannot be read; the images known so far are still served", place, e);
                lastFailure = fault;
            }
        }
    }

    /** Ends, and waits for that, so that nothing looks afterwards. Idempotent. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("{} is still being read; a file system that hangs?", place);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
