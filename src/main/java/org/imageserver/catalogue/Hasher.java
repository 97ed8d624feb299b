package org.imageserver.catalogue;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.imageserver.storage.BlobInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes digests in the background, one file at a time, so that the disk stays free for downloads. What it found is
 * written down when it has nothing else to do, at least once a minute, and when it ends. Thread-safe.
 */
final class Hasher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Hasher.class);

    private static final Duration LONGEST_END = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofSeconds(2);
    private static final Duration SAVED_EVERY = Duration.ofMinutes(1);

    private final Digests digests;
    private final BiConsumer<BlobInfo, FileDigest> whenDone;
    private final BlockingQueue<BlobInfo> waiting = new LinkedBlockingQueue<>();

    /** What waits, as a set: a site that is hashed for the first time is announced at each of its changes. */
    private final Set<BlobInfo> announced = ConcurrentHashMap.newKeySet();

    private final Thread thread =
            Thread.ofPlatform().daemon().name("catalogue-hash").unstarted(this::run);

    Hasher(Digests digests, BiConsumer<BlobInfo, FileDigest> whenDone) {
        this.digests = digests;
        this.whenDone = whenDone;
    }

    void start() {
        thread.start();
    }

    /** Gives it files; those whose digests are known cost nothing. */
    void submit(Collection<BlobInfo> files) {
        for (BlobInfo file : files) {
            if (digests.find(file).isEmpty() && announced.add(file)) {
                waiting.add(file);
            }
        }
    }

    private void run() {
        try {
            long saved = System.nanoTime();
            while (true) {
                BlobInfo file = waiting.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
                if (file != null) {
                    announced.remove(file);
                    hash(file);
                }
                if (file == null || System.nanoTime() - saved > SAVED_EVERY.toNanos()) {
                    digests.save();
                    saved = System.nanoTime();
                }
            }
        } catch (InterruptedException stopped) {
            digests.save();
        }
    }

    private void hash(BlobInfo file) throws InterruptedException {
        if (digests.find(file).isPresent()) {
            return;
        }
        try {
            digests.compute(file, bytes -> {}).ifPresent(computed -> whenDone.accept(file, computed));
        } catch (ClosedByInterruptException e) {
            Thread.interrupted();
            throw new InterruptedException("stopped while it was reading " + file.key());
        } catch (IOException e) {
            LOG.warn("cannot read {} to compute its digests", file.key(), e);
        }
    }

    /** Ends the work, and waits for the file that is just being read or written. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            // A server that could not listen never started it.
            thread.join(LONGEST_END.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
