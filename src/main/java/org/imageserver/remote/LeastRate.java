package org.imageserver.remote;

import java.util.concurrent.TimeUnit;

/**
 * Tells a sender that is slow from one that never wants to finish: a byte now and then must not hold a thread for ever.
 * Only the time in which the sender was waited for counts, so that a slow disk here is not laid to its charge. Used by
 * one thread.
 */
public final class LeastRate {
    /** A sender slower than this does not want to finish. */
    public static final long BYTES_A_MINUTE = 60 * 1024;

    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private long waitedNanos;
    private long bytes;

    /**
     * Counts what came after a wait.
     *
     * @param nanos how long it was waited for
     * @param received how many bytes came since the last wait
     * @return whether the sender is still fast enough
     */
    public boolean isKeptUp(long nanos, long received) {
        waitedNanos += nanos;
        bytes += received;
        if (waitedNanos < MINUTE_NANOS) {
            return true;
        }
        boolean isKeptUp = bytes >= BYTES_A_MINUTE;
        waitedNanos = 0;
        bytes = 0;
        return isKeptUp;
    }
}
