package org.imageserver.mirror;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several images at the same time, but none before the one that it builds on. */
final class Transfers {
    private static final Logger LOG = LoggerFactory.getLogger(Transfers.class);

    private Transfers() {}

    /** Brings one image. */
    interface Bringing {
        /**
         * Brings it.
         *
         * @param isOriginThere false when what it builds on could not be brought
         * @return whether it is here
         */
        boolean bring(Listed image, boolean isOriginThere);
    }

    /**
     * Brings all of them and waits for that. An interrupt ends it, also what is under way, and stays.
     *
     * @param images each after its origin
     * @return whether all are here
     */
    static boolean run(List<Listed> images, int parallel, Bringing bringing) {
        if (images.isEmpty()) {
            return true;
        }
        ExecutorService threads = Executors.newFixedThreadPool(
                Math.min(parallel, images.size()),
                Thread.ofPlatform().daemon().name("transfer-", 0).factory());
        try {
            Map<String, Future<Boolean>> begun = new HashMap<>();
            for (Listed image : images) {
                // Submitted before, so it runs or is done: nobody waits for one that waits for a thread.
                Future<Boolean> origin = image.origin().map(begun::get).orElse(null);
                begun.put(image.uuid(), threads.submit(() -> bringing.bring(image, origin == null || origin.get())));
            }
            boolean areAllHere = true;
            for (Future<Boolean> each : begun.values()) {
                areAllHere &= each.get();
            }
            return areAllHere;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("bringing an image found a fault in this server", e.getCause());
        } finally {
            end(threads);
        }
    }

    private static void end(ExecutorService threads) {
        threads.shutdownNow();
        boolean isInterrupted = Thread.interrupted();
        try {
            if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("a transfer is still at work");
            }
        } catch (InterruptedException e) {
            isInterrupted = true;
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
