package org.imageserver.catalogue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.imageserver.storage.BlobInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads files in the background to compute their digests and to verify the streams in them, one file at a time, so that
 * the disk stays free for downloads, and slowly while files arrive, for whose end somebody waits. What it found is written down when it has nothing else to do, at least once a
 * minute, and when it ends. Thread-safe.
 */
final class Hasher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Hasher.class);

    private static final Duration IDLE = Duration.ofSeconds(2);
    private static final Duration SAVED_EVERY = Duration.ofMinutes(1);

    /** A few hundredths of a processor, and not nothing: uploads may never end. */
    private static final long BYTES_PER_SECOND_BESIDE_ARRIVALS = 16L * 1024 * 1024;

    private final Digests digests;
    private final Consumer<BlobInfo> whenDone;
    private final BooleanSupplier isReceiving;
    private final BlockingQueue<Work> waiting = new LinkedBlockingQueue<>();

    /** What waits, as a set: a site that is hashed for the first time is announced at each of its changes. */
    private final Set<Work> announced = ConcurrentHashMap.newKeySet();

    private final Background background = new Background("catalogue-hash", this::run);

    /**
     * A file that is to be known.
     *
     * @param isStream whether there should be a ZFS stream in it, which then is verified
     */
    record Work(BlobInfo file, boolean isStream) {
        private boolean isDone(Digests digests) {
            return digests.find(file).isPresent()
                    && (!isStream || digests.findStream(file).isPresent());
        }
    }

    /**
     * Makes one that has yet to be started.
     *
     * @param whenDone is told of each file that is known now
     * @param isReceiving whether files arrive just now
     */
    Hasher(Digests digests, Consumer<BlobInfo> whenDone, BooleanSupplier isReceiving) {
        this.digests = digests;
        this.whenDone = whenDone;
        this.isReceiving = isReceiving;
    }

    void start() {
        background.start();
    }

    /** Gives it files; those of which everything is known cost nothing. */
    void submit(Collection<Work> files) {
        for (Work work : files) {
            if (!work.isDone(digests) && announced.add(work)) {
                waiting.add(work);
            }
        }
    }

    private void run() throws InterruptedException {
        long saved = System.nanoTime();
        while (true) {
            Work work = waiting.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
            if (work != null) {
                announced.remove(work);
                read(work);
            }
            if (work == null || System.nanoTime() - saved > SAVED_EVERY.toNanos()) {
                digests.save();
                saved = System.nanoTime();
            }
        }
    }

    private void read(Work work) throws InterruptedException {
        if (work.isDone(digests)) {
            return;
        }
        BlobInfo file = work.file();
        // What an upload has verified need not be verified again.
        boolean isStreamMissing = work.isStream() && digests.findStream(file).isEmpty();
        try {
            digests.compute(file, isStreamMissing, givingWay()).ifPresent(computed -> whenDone.accept(file));
        } catch (ClosedByInterruptException | InterruptedIOException e) {
            Thread.interrupted();
            throw new InterruptedException("stopped while it was reading " + file.key());
        } catch (IOException e) {
            LOG.warn("cannot read {} to compute its digests", file.key(), e);
        }
    }

    private LongConsumer givingWay() {
        Pace pace = new Pace(BYTES_PER_SECOND_BESIDE_ARRIVALS);
        return Pace.steps(bytes -> {
            if (isReceiving.getAsBoolean()) {
                pace.spend(bytes);
            }
        });
    }

    /** Ends the work, and waits for the file that is just being read or written. */
    @Override
    public void close() {
        if (background.end()) {
            // Not on the thread itself: an interrupt that it has seen may still close the next file that it opens.
            digests.save();
        }
    }
}
