package org.imageserver.mirror;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.imageserver.remote.WatchedBytes;

/** Keeps transfers to a number of bytes a second, over all of its time and all of its transfers. Thread-safe. */
final class Throttle {
    /** No wait is longer: a reader that is stopped must notice. */
    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final long bytesPerSecond;
    private final LongSupplier nanoTime;
    private long free;

    /** Limits to so many bytes a second; 0 is no limit. */
    Throttle(long bytesPerSecond, LongSupplier nanoTime) {
        this.bytesPerSecond = bytesPerSecond;
        this.nanoTime = nanoTime;
        this.free = nanoTime.getAsLong();
    }

    /** The same bytes at that rate; each arrival is told. */
    ReadableByteChannel over(ReadableByteChannel from, LongConsumer received) {
        return new WatchedBytes(from, length -> {
            if (length > 0) {
                received.accept(length);
                spend(length);
            }
        });
    }

    /** When these bytes have had their time. */
    private synchronized long reserve(int bytes) {
        free = Math.max(free, nanoTime.getAsLong()) + bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
        return free;
    }

    private void spend(int bytes) throws IOException {
        if (bytesPerSecond == 0) {
            return;
        }
        long until = reserve(bytes);
        try {
            for (long wait = until - nanoTime.getAsLong(); wait > 0; wait = until - nanoTime.getAsLong()) {
                TimeUnit.NANOSECONDS.sleep(Math.min(wait, LONGEST_NANOS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the transfer was stopped", e);
        }
    }
}
