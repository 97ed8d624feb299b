package org.imageserver.mirror;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work that is done again and again, at its interval, and sooner after a failure. Thread-safe. */
final class Rounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    /** After a failure, and twice as long after each further one, up to the interval. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);

    private final String name;
    private final ScheduledExecutorService scheduler;

    /** Makes a thread for each of so many works. */
    Rounds(String name, int works) {
        this.name = name;
        this.scheduler = Executors.newScheduledThreadPool(
                Math.max(1, works),
                Thread.ofPlatform().daemon().name(name + "-", 0).factory());
    }

    /** Work of a round; it must not throw. */
    interface Work {
        /**
         * Does it.
         *
         * @param failures how many rounds have failed in a row before this one
         * @return whether it was done
         */
        boolean run(int failures);
    }

    /** Does it now, and from then on again and again. */
    void begin(Duration interval, Work work) {
        schedule(interval, work, 0, 0);
    }

    /** Somewhat early or late, so that a thousand servers do not come at once. */
    private void schedule(Duration interval, Work work, long seconds, int failures) {
        long millis = seconds == 0 ? 0 : ThreadLocalRandom.current().nextLong(seconds * 900, seconds * 1100 + 1);
        ScheduledFuture<?> unused =
                scheduler.schedule(() -> runAndGoOn(interval, work, failures), millis, TimeUnit.MILLISECONDS);
    }

    private void runAndGoOn(Duration interval, Work work, int failures) {
        boolean isGood = work.run(failures);
        if (!scheduler.isShutdown()) {
            long pause = FIRST_PAUSE.toSeconds() << Math.min(failures, 10);
            schedule(
                    interval,
                    work,
                    isGood ? interval.toSeconds() : Math.min(pause, interval.toSeconds()),
                    isGood ? 0 : failures + 1);
        }
    }

    /** Interrupts what runs, and begins nothing more. */
    void stop() {
        scheduler.shutdownNow();
    }

    /** The same, and waits for its end. */
    @Override
    public void close() {
        stop();
        try {
            if (!scheduler.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("a {} is still at work", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
