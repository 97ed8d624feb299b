package org.imageserver.statistics;

import java.util.Comparator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Downloads of each image by day. The present ones are counted apart, so that a download costs one step in a map; and
 * then put in their place. {@link #count} and {@link #total} are thread-safe; the others are used under a lock.
 */
final class Downloads {
    /** Beyond it, those are forgotten that nobody has downloaded for the longest time: images come and go for years. */
    private static final int MOST_IMAGES = 50_000;

    private final ConcurrentHashMap<UUID, Long> present = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<UUID, DayCounts> past = new ConcurrentHashMap<>();

    void count(UUID image) {
        present.merge(image, 1L, Long::sum);
    }

    /** Puts what was counted on this day, and returns how much that was. */
    long settle(long day) {
        long settled = 0;
        for (UUID image : present.keySet()) {
            Long count = present.remove(image);
            if (count != null) {
                past.computeIfAbsent(image, unknown -> new DayCounts()).add(day, count);
                settled += count;
            }
        }
        forgetOldest();
        return settled;
    }

    private void forgetOldest() {
        if (past.size() > MOST_IMAGES) {
            past.entrySet().stream()
                    .sorted(Comparator.comparingLong(entry -> entry.getValue().lastDay()))
                    .limit(past.size() - MOST_IMAGES)
                    .map(Map.Entry::getKey)
                    .toList()
                    .forEach(past::remove);
        }
    }

    /** Takes up what was remembered. */
    void put(UUID image, DayCounts counts) {
        past.put(image, counts);
    }

    long total(UUID image) {
        DayCounts settled = past.get(image);
        return (settled == null ? 0 : settled.total()) + present.getOrDefault(image, 0L);
    }

    NavigableMap<Long, Long> days(UUID image) {
        DayCounts settled = past.get(image);
        return settled == null ? new TreeMap<>() : settled.days();
    }

    /** What is settled. */
    Map<UUID, DayCounts> all() {
        return past;
    }
}
