package org.imageserver.storage.objects;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for a moment that the store did not answer. Otherwise everyone who comes while it hangs would wait for a
 * timeout of his own, one after the other. Thread-safe.
 */
final class Outage {
    /** How long others are turned away at most: the store may be back. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);

    private @Nullable StoreDownException last;
    private long until;

    /**
     * The store has failed; others are turned away for as long as that took.
     *
     * @param begun when the attempt began, by {@link System#nanoTime}
     */
    synchronized void failed(StoreDownException failure, long begun) {
        long now = System.nanoTime();
        last = failure;
        until = now + Math.min(now - begun, LONGEST_NANOS);
    }

    /** The store has answered. */
    synchronized void over() {
        last = null;
    }

    /** Turns away whoever comes too soon after a failure. */
    synchronized void check() throws StoreDownException {
        StoreDownException failure = last;
        if (failure != null && System.nanoTime() - until < 0) {
            throw new StoreDownException(String.valueOf(failure.getMessage()), failure);
        }
    }
}
