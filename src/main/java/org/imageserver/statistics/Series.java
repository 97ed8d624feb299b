package org.imageserver.statistics;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Traffic by spans of time of one length. Keeps a bounded number of spans, those nearest to the present: a clock that
 * jumps ahead for a while and comes back costs one span, not the history. Not thread-safe.
 */
final class Series {
    private final long seconds;
    private final int most;
    private final TreeMap<Long, Traffic> spans = new TreeMap<>();

    /**
     * Makes an empty series.
     *
     * @param span how long each is; whole seconds
     * @param most how many are kept
     */
    Series(Duration span, int most) {
        this.seconds = span.toSeconds();
        this.most = most;
    }

    void add(Instant now, Traffic counts) {
        put(span(now), counts);
    }

    /** Adds what belongs to the span of this number. */
    void put(long span, Traffic counts) {
        spans.merge(span, counts, Traffic::plus);
        while (spans.size() > most) {
            boolean isFirstFarther = span - spans.firstKey() >= spans.lastKey() - span;
            spans.remove(isFirstFarther ? spans.firstKey() : spans.lastKey());
        }
    }

    /** So many spans, oldest first, the last one being the present; those of which nothing is known have zeros. */
    List<Traffic> until(Instant now, int count) {
        List<Traffic> shown = new ArrayList<>(count);
        for (long span = span(now) - count + 1; span <= span(now); span++) {
            shown.add(spans.getOrDefault(span, Traffic.of(0, 0, 0)).at(begin(span)));
        }
        return shown;
    }

    /** All that is kept, by the number of the span since the epoch. */
    SortedMap<Long, Traffic> all() {
        return spans;
    }

    private long span(Instant time) {
        return Math.floorDiv(time.getEpochSecond(), seconds);
    }

    private Instant begin(long span) {
        return Instant.ofEpochSecond(span * seconds);
    }
}
