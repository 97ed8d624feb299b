package org.imageserver.statistics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Requests since the start by endpoint: how many were answered with each status, and how long it took until the answer
 * began. Thread-safe; to count is a step in a map and some additions.
 */
public final class Requests {
    /** Between these, durations are told apart; what takes longer than the last one is the rest. */
    public static final List<Duration> BOUNDS = Stream.of(1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000)
            .map(Duration::ofMillis)
            .toList();

    private static final long[] BOUND_NANOS =
            BOUNDS.stream().mapToLong(Duration::toNanos).toArray();
    private static final int LEAST_STATUS = 100;
    private static final int MOST_STATUS = 599;

    private final Map<String, Counts> counts = new ConcurrentHashMap<>();

    /**
     * What was counted of an endpoint.
     *
     * @param name as the API document has it
     * @param byStatus how many requests, by the status of their answers
     * @param byDuration how many took no longer than each of {@link #BOUNDS} but longer than the one before, and last the
     *     rest
     * @param seconds all of them took together
     */
    public record Endpoint(String name, NavigableMap<Integer, Long> byStatus, List<Long> byDuration, double seconds) {}

    /**
     * Counts one.
     *
     * @param nanos until the answer began; 0 when that was not up to the server
     */
    void count(String endpoint, int status, long nanos) {
        counts.computeIfAbsent(endpoint, unknown -> new Counts()).count(status, nanos);
    }

    /** What was counted so far, by name. */
    public List<Endpoint> endpoints() {
        return counts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getValue().of(entry.getKey()))
                .toList();
    }

    private static final class Counts {
        private final AtomicLongArray statuses = new AtomicLongArray(MOST_STATUS - LEAST_STATUS + 1);
        private final List<LongAdder> durations =
                Stream.generate(LongAdder::new).limit(BOUND_NANOS.length + 1L).toList();
        private final LongAdder nanosInAll = new LongAdder();

        void count(int status, long nanos) {
            statuses.incrementAndGet(Math.clamp(status, LEAST_STATUS, MOST_STATUS) - LEAST_STATUS);
            if (nanos == 0) {
                return;
            }
            nanosInAll.add(nanos);
            int bucket = 0;
            while (bucket < BOUND_NANOS.length && nanos > BOUND_NANOS[bucket]) {
                bucket++;
            }
            durations.get(bucket).increment();
        }

        Endpoint of(String name) {
            NavigableMap<Integer, Long> byStatus = new TreeMap<>();
            for (int index = 0; index < statuses.length(); index++) {
                long count = statuses.get(index);
                if (count > 0) {
                    byStatus.put(LEAST_STATUS + index, count);
                }
            }
            List<Long> byDuration =
                    durations.stream().map(LongAdder::sum).collect(Collectors.toCollection(ArrayList::new));
            return new Endpoint(name, byStatus, byDuration, nanosInAll.sum() / 1e9);
        }
    }
}
