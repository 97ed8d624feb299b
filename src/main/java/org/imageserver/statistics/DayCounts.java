package org.imageserver.statistics;

import java.nio.ByteBuffer;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How often something happened on each day. Only days on which it did are kept, the {@value #MOST_DAYS} nearest to the
 * present, each in two or three bytes: ten thousand images may have such a history. Used under a lock, but for {@link
 * #total}.
 */
final class DayCounts {
    static final int MOST_DAYS = 400;

    /** A day and a count, seven bits a byte. */
    private static final int LARGEST_ENTRY = 2 * 10;

    private static final byte[] NONE = {};

    private volatile long total;
    private long lastDay = Long.MIN_VALUE;

    /** For each day the distance from the one before, and the count. */
    private byte[] packed = NONE;

    /** Counts of days that were kept elsewhere. */
    static DayCounts of(long total, NavigableMap<Long, Long> days) {
        DayCounts counts = new DayCounts();
        counts.total = total;
        counts.pack(days);
        return counts;
    }

    /** @param day since the epoch */
    void add(long day, long count) {
        NavigableMap<Long, Long> days = days();
        days.merge(day, count, Long::sum);
        if (days.size() > MOST_DAYS) {
            boolean isFirstFarther = day - days.firstKey() >= days.lastKey() - day;
            days.remove(isFirstFarther ? days.firstKey() : days.lastKey());
        }
        pack(days);
        long sum = total + count;
        total = sum;
    }

    /** All that ever happened, also on days that are not kept any more. */
    long total() {
        return total;
    }

    /** The newest day since the epoch. */
    long lastDay() {
        return lastDay;
    }

    /** The memory that the days take. */
    int packedBytes() {
        return packed.length;
    }

    /** Counts by days since the epoch. */
    NavigableMap<Long, Long> days() {
        TreeMap<Long, Long> days = new TreeMap<>();
        ByteBuffer bytes = ByteBuffer.wrap(packed);
        long day = 0;
        while (bytes.hasRemaining()) {
            day += read(bytes);
            days.put(day, read(bytes));
        }
        return days;
    }

    private void pack(NavigableMap<Long, Long> days) {
        ByteBuffer bytes = ByteBuffer.allocate(days.size() * LARGEST_ENTRY);
        long before = 0;
        for (var entry : days.entrySet()) {
            write(bytes, entry.getKey() - before);
            write(bytes, entry.getValue());
            before = entry.getKey();
        }
        packed = new byte[bytes.flip().remaining()];
        bytes.get(packed);
        lastDay = days.isEmpty() ? Long.MIN_VALUE : days.lastKey();
    }

    /** Seven bits a byte, the lowest first; all but the last byte have the highest bit. */
    private static void write(ByteBuffer bytes, long value) {
        long left = value;
        while (left >>> 7 != 0) {
            bytes.put((byte) (left | 0x80));
            left >>>= 7;
        }
        bytes.put((byte) left);
    }

    private static long read(ByteBuffer bytes) {
        long value = 0;
        int shift = 0;
        byte next = bytes.get();
        while (next < 0) {
            value |= (long) (next & 0x7f) << shift;
            shift += 7;
            next = bytes.get();
        }
        return value | (long) next << shift;
    }
}
