package org.imageserver.http;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How much each client may have in a second. What it does not take is kept for it, up to some seconds' worth; so short
 * bursts pass. Thread-safe.
 */
final class Allowance {
    /** Of those that come less often than others, nothing is remembered: they have all they may have. */
    private static final int MOST_CLIENTS = 10_000;

    private static final double BURST_SECONDS = 5;
    private static final double NANOS = 1e9;

    private final LongSupplier nanoTime;
    private final Map<String, Purse> purses = new LinkedHashMap<>(16, 0.75f, true);
    private volatile double perSecond;

    /** What a client has at a moment; less than nothing when it has taken more than it may. */
    private static final class Purse {
        private double amount;
        private long at;

        Purse(double amount, long at) {
            this.amount = amount;
            this.at = at;
        }
    }

    /**
     * Makes one.
     *
     * @param perSecond how much; 0: as much as it likes
     * @param nanoTime a clock that only goes forward
     */
    Allowance(double perSecond, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
    }

    /** Changes it from now on. */
    void change(double now) {
        perSecond = now;
    }

    /** Whether there is a limit. */
    boolean isLimited() {
        return perSecond > 0;
    }

    /** Takes one, or says how long it is too early. */
    Optional<Duration> tryTake(String client) {
        if (!isLimited()) {
            return Optional.empty();
        }
        synchronized (purses) {
            Purse purse = purse(client);
            if (purse.amount < 1) {
                return Optional.of(until(1, purse));
            }
            purse.amount--;
            return Optional.empty();
        }
    }

    /** Takes so much, and says how long to wait before taking more. */
    Duration take(String client, long amount) {
        if (!isLimited()) {
            return Duration.ZERO;
        }
        synchronized (purses) {
            Purse purse = purse(client);
            purse.amount -= amount;
            return purse.amount >= 0 ? Duration.ZERO : until(0, purse);
        }
    }

    private Duration until(double amount, Purse purse) {
        return Duration.ofNanos((long) ((amount - purse.amount) / perSecond * NANOS));
    }

    private Purse purse(String client) {
        long now = nanoTime.getAsLong();
        double most = Math.max(1, perSecond * BURST_SECONDS);
        Purse purse = purses.computeIfAbsent(client, unknown -> new Purse(most, now));
        purse.amount = Math.min(most, purse.amount + (now - purse.at) / NANOS * perSecond);
        purse.at = now;
        if (purses.size() > MOST_CLIENTS) {
            Iterator<String> oldest = purses.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        return purse;
    }
}
