package org.imageserver.retention;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the rules once a day, on a thread of its own: to take away thousands of images takes minutes, and meanwhile the
 * server must go on looking at the directory. Thread-safe.
 */
public final class DailyRetention implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DailyRetention.class);
    private static final Duration INTERVAL = Duration.ofDays(1);
    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private final Retention retention;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("retention").factory());

    /** Does nothing yet. */
    public DailyRetention(Retention retention) {
        this.retention = retention;
    }

    /** Applies the rules now, and then every day; does nothing once it is closed. */
    public void start() {
        if (!thread.isShutdown()) {
            ScheduledFuture<?> unused =
                    thread.scheduleWithFixedDelay(retention::runAndLog, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Ends with the image that is just going, and waits for that. Idempotent. */
    @Override
    public void close() {
        retention.stop();
        thread.shutdown();
        try {
            if (!thread.awaitTermination(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("an image is still going to the trash; a file system that hangs?");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
