package org.imageserver.catalogue;

import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Keeps a reader to a number of bytes a second. Used by one thread. */
final class Pace {
    private final long bytesPerSecond;
    private long free = System.nanoTime();

    /** Limits to so many bytes a second; 0 is no limit. */
    Pace(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /** For a reader that tells all bytes so far: tells the ones since the last time. */
    static LongConsumer steps(LongConsumer step) {
        return new LongConsumer() {
            private long before;

            @Override
            public void accept(long read) {
                step.accept(read - before);
                before = read;
            }
        };
    }

    /** Waits until these bytes have had their time; whoever is interrupted goes on at once, and finds itself interrupted. */
    void spend(long bytes) {
        if (bytesPerSecond == 0) {
            return;
        }
        long now = System.nanoTime();
        double nanos = (double) bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
        free = (free - now > 0 ? free : now) + (long) nanos;
        try {
            TimeUnit.NANOSECONDS.sleep(free - now);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
