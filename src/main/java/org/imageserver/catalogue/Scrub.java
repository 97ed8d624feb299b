package org.imageserver.catalogue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.Storage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the files of all images again and again, slowly, to find those whose bytes are no longer what they were: disks
 * forget, and say nothing. What it finds goes to the {@link Quarantine}. It goes by uuid, so that after a restart it can
 * go on where it was; what came behind its back is read in the next pass. Thread-safe.
 */
public final class Scrub implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scrub.class);

    /** Whoever waited for the start is served first. */
    private static final Duration STARTED = Duration.ofMinutes(1);

    private static final Duration LOOK = Duration.ofMinutes(10);
    private static final Duration SAVED_EVERY = Duration.ofMinutes(1);
    private static final Duration RECHECK = Duration.ofDays(1);
    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private final Storage storage;
    private final Supplier<Snapshot> snapshots;
    private final Quarantine quarantine;
    private final Settings settings;
    private final Healer healer;
    private final Pace pace;
    private final LongAdder bytes = new LongAdder();
    private final Semaphore wish = new Semaphore(0);
    private final Thread thread = Thread.ofPlatform().daemon().name("scrub").unstarted(this::run);
    private volatile ScrubProgress progress;

    /**
     * How it reads.
     *
     * @param interval from the beginning of one pass to that of the next; zero: there are none
     * @param bytesPerSecond at most; 0: no limit
     */
    public record Settings(Duration interval, long bytesPerSecond) {
        /** For whoever asks for it, and waits. */
        public static final Settings AT_ONCE = new Settings(Duration.ZERO, 0);
    }

    /** Gets the bytes of a damaged file from elsewhere. */
    @FunctionalInterface
    public interface Healer {
        /** Knows nothing of elsewhere. */
        Healer NONE = uuid -> false;

        /** Tries to; false when nobody else has them. */
        boolean heal(String uuid);
    }

    Scrub(Storage storage, Supplier<Snapshot> snapshots, Quarantine quarantine, Settings settings, Healer healer) {
        this.storage = storage;
        this.snapshots = snapshots;
        this.quarantine = quarantine;
        this.settings = settings;
        this.healer = healer;
        this.pace = new Pace(settings.bytesPerSecond());
        this.progress = ScrubProgress.load(storage);
    }

    /** Begins to read, on a thread of its own; does nothing when the interval is zero. */
    public void start() {
        if (settings.interval().isPositive()) {
            thread.start();
        }
    }

    /** How far it is. */
    public ScrubProgress progress() {
        return progress;
    }

    /** The bytes read since the start. */
    public long bytesRead() {
        return bytes.sum();
    }

    /** Reads the damaged files once more soon: somebody may have mended them. */
    public void recheckSoon() {
        wish.release();
    }

    private void run() {
        try {
            boolean isWished = wish.tryAcquire(STARTED.toMillis(), TimeUnit.MILLISECONDS);
            long rechecked = System.nanoTime() - RECHECK.toNanos();
            while (true) {
                if (isWished || System.nanoTime() - rechecked >= RECHECK.toNanos()) {
                    recheck();
                    rechecked = System.nanoTime();
                }
                if (progress.isDue(Instant.now(), settings.interval())) {
                    pass();
                }
                isWished = wish.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException stopped) {
            LOG.debug("the reading of files ends", stopped);
        }
    }

    /** Reads the damaged files once more, and asks elsewhere for those that still are. */
    public void recheck() throws InterruptedException {
        wish.drainPermits();
        for (String uuid : quarantine.uuids()) {
            Optional<Image> image = snapshots.get().find(uuid);
            if (image.isPresent() && checkOrWarn(image.get()).isPresent()) {
                heal(uuid);
            }
        }
    }

    private void heal(String uuid) {
        if (healer.heal(uuid)) {
            LOG.info("the file of image {} was brought again from its source", uuid);
        }
    }

    /** Reads all files, or those that an unfinished pass has left. */
    public void pass() throws InterruptedException {
        if (!progress.isUnderWay()) {
            progress = progress.begunAt(Instant.now());
        }
        long saved = System.nanoTime();
        try {
            for (Image image : remaining()) {
                if (wish.tryAcquire()) {
                    recheck();
                }
                boolean isDamaged = checkOrWarn(image).isPresent();
                progress = progress.past(image.uuid(), isDamaged);
                if (isDamaged) {
                    heal(image.uuid());
                }
                if (System.nanoTime() - saved > SAVED_EVERY.toNanos()) {
                    progress.save(storage);
                    saved = System.nanoTime();
                }
            }
        } catch (InterruptedException stopped) {
            progress.save(storage);
            throw stopped;
        }
        progress = progress.finishedAt(Instant.now());
        progress.save(storage);
        LOG.info("all {} files were read again, {} are damaged", progress.files(), progress.damaged());
    }

    private List<Image> remaining() {
        String after = progress.after();
        return snapshots.get().images().stream()
                .filter(image -> image.file().isPresent()
                        && !image.isOffered()
                        && image.uuid().compareTo(after) > 0)
                .sorted(Comparator.comparing(Image::uuid))
                .toList();
    }

    private Optional<Problem> checkOrWarn(Image image) throws InterruptedException {
        try {
            return check(image, read -> {});
        } catch (IOException e) {
            LOG.warn("whether the file of image {} is still right cannot be found out", image.uuid(), e);
            return Optional.empty();
        }
    }

    /**
     * Reads the file of an image, if it has one.
     *
     * @param told the bytes read so far
     * @return what is wrong with it; empty also when it has just been replaced
     * @throws IOException when that cannot be found out
     */
    public Optional<Problem> check(Image image, LongConsumer told) throws IOException, InterruptedException {
        Optional<BlobInfo> blob =
                image.isOffered() ? Optional.empty() : image.file().map(Image.File::blob);
        if (blob.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> sha1;
        try {
            sha1 = FileSha1.of(storage, blob.get(), paced(told));
        } catch (IOException e) {
            return unreadable(image, blob.get(), e);
        }
        return sha1.isPresent() && isCurrent(image)
                ? quarantine.judge(image.uuid(), blob.get(), sha1.get())
                : Optional.empty();
    }

    /** A file that is there and cannot be read is damaged; a store that does not answer says nothing of a file. */
    private Optional<Problem> unreadable(Image image, BlobInfo blob, IOException failure) throws IOException {
        if (storage.isShared() || !FileSha1.isSame(storage, blob) || !isCurrent(image)) {
            throw failure;
        }
        return Optional.of(quarantine.unreadable(image.uuid(), blob, failure));
    }

    /** Whether these bytes are the image's still: they may have been healed while they were being read. */
    private boolean isCurrent(Image image) {
        return snapshots
                .get()
                .find(image.uuid())
                .flatMap(Image::file)
                .map(Image.File::blob)
                .equals(image.file().map(Image.File::blob));
    }

    private LongConsumer paced(LongConsumer told) {
        return new LongConsumer() {
            private long before;

            @Override
            public void accept(long read) {
                bytes.add(read - before);
                pace.spend(read - before);
                before = read;
                told.accept(read);
            }
        };
    }

    /** Ends the reading, and waits for that. */
    @Override
    public void close() {
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        thread.interrupt();
        try {
            if (!thread.join(LONGEST_END)) {
                LOG.warn("a file is still being read again; a storage that hangs?");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
