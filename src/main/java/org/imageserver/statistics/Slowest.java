package org.imageserver.statistics;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The slowest requests of a day; what is quick costs one look at a number. Thread-safe. */
final class Slowest {
    /** Quicker than this nobody calls slow. */
    static final Duration LEAST = Duration.ofMillis(20);

    private static final int MOST = 20;
    private static final Duration KEPT = Duration.ofDays(1);
    private static final Comparator<HandledRequest> SLOWEST_FIRST =
            Comparator.comparing(HandledRequest::took).reversed();

    private final List<HandledRequest> requests = new ArrayList<>();
    private volatile long floorNanos = LEAST.toNanos();

    boolean wouldKeep(long nanos) {
        return nanos >= floorNanos;
    }

    synchronized void add(HandledRequest request) {
        requests.add(request);
        requests.sort(SLOWEST_FIRST);
        forgetBefore(request.at().minus(KEPT));
    }

    /** Those of the last day, slowest first. */
    synchronized List<HandledRequest> until(Instant now) {
        forgetBefore(now.minus(KEPT));
        return List.copyOf(requests);
    }

    private void forgetBefore(Instant time) {
        requests.removeIf(request -> request.at().isBefore(time));
        if (requests.size() > MOST) {
            requests.removeLast();
        }
        floorNanos = requests.size() < MOST
                ? LEAST.toNanos()
                : requests.getLast().took().toNanos();
    }
}
