package org.imageserver.catalogue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
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
 * Reads the files and icons of all images again and again, slowly, to find those whose bytes are no longer what they were: disks
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

    private final Storage storage;
    private final Supplier<Snapshot> snapshots;
    private final Quarantine quarantine;
    private final Settings settings;
    private final Healer healer;
    private final Pace pace;
    private final LongAdder bytes = new LongAdder();
    private final Semaphore wish = new Semaphore(0);

    /** Images of which somebody has found that their file is damaged. */
    private final Set<String> suspects = ConcurrentHashMap.newKeySet();

    private final Background background = new Background("scrub", this::run);
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
            background.start();
        }
    }

    /** How far it is. */
    public ScrubProgress progress() {
        return progress;
    }

    /** Whether it is time for a pass, or one was broken off. */
    public boolean isDue() {
        return progress.isDue(Instant.now(), settings.interval());
    }

    /** The bytes read since the start. */
    public long bytesRead() {
        return bytes.sum();
    }

    /** Reads the damaged files once more soon: somebody may have mended them. */
    public void recheckSoon() {
        wish.release();
    }

    /** Reads the file of an image soon, and has it mended: a client or another process has found that it is damaged. */
    void suspect(String uuid) {
        suspects.add(uuid);
        recheckSoon();
    }

    private void run() throws InterruptedException {
        boolean isWished = wish.tryAcquire(STARTED.toMillis(), TimeUnit.MILLISECONDS);
        long rechecked = System.nanoTime() - RECHECK.toNanos();
        while (true) {
            if (isWished || System.nanoTime() - rechecked >= RECHECK.toNanos()) {
                recheck();
                rechecked = System.nanoTime();
            }
            if (isDue()) {
                pass();
            }
            isWished = wish.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Reads the damaged files once more, and asks elsewhere for those that still are. */
    public void recheck() throws InterruptedException {
        wish.drainPermits();
        Set<String> doubtful = new TreeSet<>(quarantine.uuids());
        doubtful.addAll(suspects);
        suspects.removeAll(doubtful);
        for (String uuid : doubtful) {
            Optional<Image> image = snapshots.get().find(uuid);
            if (image.isPresent()) {
                heal(uuid, checkOrWarn(image.get()));
            }
        }
    }

    /**
     * Of icons nobody else is asked: they are sent again in a moment, and installed nowhere. What an operator put there by
     * hand is not taken out of his hands: he may know more than the manifest.
     */
    private void heal(String uuid, int damaged) {
        boolean isOurs = snapshots
                .get()
                .own(uuid)
                .flatMap(Part.FILE::of)
                .filter(Dedupe::isReceived)
                .isPresent();
        if (damaged > 0 && isOurs && quarantine.find(uuid, Part.FILE).isPresent() && healer.heal(uuid)) {
            LOG.info("image {} is whole again", uuid);
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
                int damaged = checkOrWarn(image);
                progress = progress.past(image.uuid(), parts(image), damaged);
                heal(image.uuid(), damaged);
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
                .filter(image -> parts(image) > 0 && image.uuid().compareTo(after) > 0)
                .sorted(Comparator.comparing(Image::uuid))
                .toList();
    }

    private static int parts(Image image) {
        return (int) Arrays.stream(Part.values())
                .filter(part -> part.of(image).isPresent())
                .count();
    }

    /** How much of an image is damaged. */
    private int checkOrWarn(Image image) throws InterruptedException {
        try {
            return check(image, read -> {}).size();
        } catch (IOException e) {
            LOG.warn("whether the files of image {} are still right cannot be found out", image.uuid(), e);
            return 0;
        }
    }

    /**
     * Reads the file of an image and its icon, if it has them.
     *
     * @param told the bytes read so far
     * @return what is wrong with them; nothing of what has just been replaced
     * @throws IOException when that cannot be found out
     */
    public List<Problem> check(Image image, LongConsumer told) throws IOException, InterruptedException {
        List<Problem> found = new ArrayList<>();
        long before = 0;
        for (Part part : Part.values()) {
            Optional<BlobInfo> blob = part.of(image);
            if (blob.isPresent()) {
                long base = before;
                check(image, part, blob.get(), read -> told.accept(base + read)).ifPresent(found::add);
                before += blob.get().size();
            }
        }
        return found;
    }

    private Optional<Problem> check(Image image, Part part, BlobInfo blob, LongConsumer told)
            throws IOException, InterruptedException {
        LongConsumer paced = Pace.steps(read -> {
            bytes.add(read);
            pace.spend(read);
        });
        Optional<String> sha1;
        try {
            sha1 = FileSha1.of(storage, blob, paced.andThen(told));
        } catch (IOException e) {
            return unreadable(image, part, blob, e);
        }
        if (sha1.isEmpty() || !isCurrent(image, part, blob)) {
            return Optional.empty();
        }
        Optional<Problem> problem = quarantine.judge(image.uuid(), part, blob, sha1.get());
        if (problem.isPresent()) {
            for (Image other : sharing(image, part, blob)) {
                quarantine.judge(other.uuid(), part, part.of(other).orElseThrow(), sha1.get());
            }
        }
        return problem;
    }

    /** The other images whose bytes are the very same ones on the disk: what damages one damages all. */
    private List<Image> sharing(Image image, Part part, BlobInfo blob) {
        return snapshots.get().images().stream()
                .filter(other -> !other.uuid().equals(image.uuid())
                        && !storage.isShared()
                        && part.of(other)
                                .filter(its -> its.version().equals(blob.version()))
                                .isPresent())
                .toList();
    }

    /** A file that is there and cannot be read is damaged; a store that does not answer says nothing of a file. */
    private Optional<Problem> unreadable(Image image, Part part, BlobInfo blob, IOException failure)
            throws IOException {
        if (storage.isShared() || !FileSha1.isSame(storage, blob) || !isCurrent(image, part, blob)) {
            throw failure;
        }
        for (Image other : sharing(image, part, blob)) {
            quarantine.unreadable(other.uuid(), part, part.of(other).orElseThrow(), failure);
        }
        return Optional.of(quarantine.unreadable(image.uuid(), part, blob, failure));
    }

    /** Whether these bytes are the image's still: they may have been healed while they were being read. */
    private boolean isCurrent(Image image, Part part, BlobInfo blob) {
        return snapshots
                .get()
                .find(image.uuid())
                .flatMap(part::of)
                .filter(blob::equals)
                .isPresent();
    }

    /** Ends the reading, and waits for that. */
    @Override
    public void close() {
        background.end();
    }
}
