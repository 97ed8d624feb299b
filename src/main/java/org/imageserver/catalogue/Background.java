package org.imageserver.catalogue;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread for work beside all else, that goes on until it is told to end. Started and ended by one thread. */
final class Background {
    private static final Logger LOG = LoggerFactory.getLogger(Background.class);
    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private final Thread thread;

    /** Work that ends when its thread is interrupted. */
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException;
    }

    /** Makes one that has yet to be started. */
    Background(String name, Work work) {
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> {
            try {
                work.run();
            } catch (InterruptedException stopped) {
                LOG.debug("{} ends", name, stopped);
            }
        });
    }

    void start() {
        thread.start();
    }

    /**
     * Ends the work, and waits for what is just being done.
     *
     * @return false when it does not end, or never began
     */
    boolean end() {
        if (thread.getState() == Thread.State.NEW) {
            return false;
        }
        thread.interrupt();
        try {
            if (!thread.join(LONGEST_END)) {
                LOG.warn("{}: a file is still being read; a storage that hangs?", thread.getName());
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return true;
    }
}
