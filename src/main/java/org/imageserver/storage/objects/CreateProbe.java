package org.imageserver.storage.objects;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a store lets exactly one of several callers create an object. Some ignore the condition
 * ({@code If-None-Match: *}), and some look first and write then; on those, acknowledged images would be lost.
 */
public final class CreateProbe {
    private static final Logger LOG = LoggerFactory.getLogger(CreateProbe.class);
    private static final int RACES = 5;
    private static final int RACERS = 8;

    private CreateProbe() {}

    /**
     * Races, and removes what it made.
     *
     * @param bucket its name, for the message
     * @throws IOException when the store is not fit, or cannot be reached
     */
    public static void check(ObjectStore store, String bucket) throws IOException {
        List<String> names = new ArrayList<>();
        try {
            try (ExecutorService racers = Executors.newFixedThreadPool(RACERS)) {
                for (int race = 0; race < RACES; race++) {
                    String name = "probe/" + UUID.randomUUID();
                    names.add(name);
                    check(store, bucket, name, race(racers, store, name));
                }
            }
            store.delete(names);
        } catch (IOException e) {
            try {
                store.delete(names);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private static void check(ObjectStore store, String bucket, String name, int winners) throws IOException {
        if (winners > 1) {
            throw unfit(
                    bucket,
                    "of " + RACERS + " that created " + name + " at once, " + winners
                            + " were told that they were first, so servers would overwrite each other's changes");
        }
        // A store that did not answer the first has it nevertheless; one that knows no such condition takes nothing.
        if (winners == 0 && store.read(name).isEmpty()) {
            throw unfit(bucket, "none of " + RACERS + " could create " + name);
        }
    }

    private static IOException unfit(String bucket, String why) {
        return new IOException("the object store of bucket " + bucket + " cannot be used: " + why
                + ". It must honour \"If-None-Match: *\"; docs/scaling.md names stores that do");
    }

    /** Amazon asks some racers to try again later: they lost. A store that is really down shows that afterwards. */
    private static boolean isFirst(ObjectStore store, String name) throws IOException {
        try {
            return store.create(name, "probe".getBytes(StandardCharsets.UTF_8));
        } catch (StoreDownException e) {
            LOG.debug("a racer for {} was turned away", name, e);
            return false;
        }
    }

    private static int race(ExecutorService racers, ObjectStore store, String name) throws IOException {
        Callable<Boolean> create = () -> isFirst(store, name);
        try {
            int winners = 0;
            for (Future<Boolean> racer : racers.invokeAll(Collections.nCopies(RACERS, create))) {
                winners += racer.get() ? 1 : 0;
            }
            return winners;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server stops");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        }
    }
}
