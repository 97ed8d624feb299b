package org.imageserver.http;

import java.util.function.LongSupplier;

/** How fast something comes: bytes a second over the last {@value #SECONDS} seconds. Thread-safe. */
public final class Rate {
    private static final int SECONDS = 8;
    private static final long NANOS = 1_000_000_000L;

    private final LongSupplier nanoTime;

    /** What came in each of the last seconds; which second it is says {@link #seconds}. */
    private final long[] bytes = new long[SECONDS];

    private final long[] seconds = new long[SECONDS];
    private long began = -1;

    /** Nothing has come yet. */
    public Rate() {
        this(System::nanoTime);
    }

    Rate(LongSupplier nanoTime) {
        long origin = nanoTime.getAsLong();
        this.nanoTime = () -> nanoTime.getAsLong() - origin;
    }

    /** So many bytes came now. */
    public synchronized void add(long count) {
        long now = nanoTime.getAsLong();
        if (began < 0 || bytesSince(now) == 0) {
            // What came before a pause says nothing about now.
            began = now;
        }
        long second = now / NANOS;
        int slot = (int) (second % SECONDS);
        if (seconds[slot] != second) {
            seconds[slot] = second;
            bytes[slot] = 0;
        }
        bytes[slot] += count;
    }

    /** Bytes a second; 0 when nothing came lately. */
    public synchronized long perSecond() {
        long now = nanoTime.getAsLong();
        long oldest = Math.max(began, (now / NANOS - SECONDS + 1) * NANOS);
        // In its first second, what came is no rate yet, but the best guess.
        return bytesSince(now) * NANOS / Math.max(NANOS, now - oldest);
    }

    private long bytesSince(long now) {
        long sum = 0;
        for (int slot = 0; slot < SECONDS; slot++) {
            sum += now / NANOS - seconds[slot] < SECONDS ? bytes[slot] : 0;
        }
        return sum;
    }
}
