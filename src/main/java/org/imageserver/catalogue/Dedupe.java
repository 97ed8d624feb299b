package org.imageserver.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.LocalStorage;
import org.imageserver.storage.NoSuchBlobException;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores identical files of images once, by hard links: those that this server received itself, all of whose digests are
 * the same, and which prove to be the same when both are read again side by side. What an operator put there by hand is
 * left alone, since he may write into it. Thread-safe.
 *
 * <p>Only in a directory. In a bucket a second name could lead to the same object without a race, but to read both objects
 * again costs more than it saves where room is cheap, and what was healed must never share the damaged object.
 */
public final class Dedupe implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Dedupe.class);
    private static final Duration STARTED = Duration.ofMinutes(2);
    private static final Duration INTERVAL = Duration.ofHours(1);
    private static final int CHUNK = 256 * 1024;

    /** Beside uploads, for whose end somebody waits. */
    private static final long BYTES_PER_SECOND_BESIDE_ARRIVALS = 16L * 1024 * 1024;

    private final Storage storage;
    private final Catalogue catalogue;
    private final Digests digests;
    private final Sharing sharing;
    private final BooleanSupplier isReceiving;
    private final Background background = new Background("dedupe", this::run);

    Dedupe(Storage storage, Catalogue catalogue, Digests digests, Sharing sharing, BooleanSupplier isReceiving) {
        this.storage = storage;
        this.catalogue = catalogue;
        this.digests = digests;
        this.sharing = sharing;
        this.isReceiving = isReceiving;
    }

    /** Begins to look for identical files now and then; does nothing where there is no directory. */
    public void start() {
        if (storage instanceof LocalStorage) {
            background.start();
        }
    }

    private void run() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(STARTED.toMillis());
        while (true) {
            pass();
            TimeUnit.MILLISECONDS.sleep(INTERVAL.toMillis());
        }
    }

    /**
     * Looks at all images once.
     *
     * @return the bytes that are free now
     */
    public synchronized long pass() throws InterruptedException {
        long freed = 0;
        int files = 0;
        Map<FileDigest, BlobInfo> seen = new HashMap<>();
        for (Image image : candidates()) {
            BlobInfo blob = Part.FILE.of(image).orElseThrow();
            Optional<FileDigest> digest = digests.find(blob);
            if (digest.isEmpty()) {
                // It is read soon, and looked at in the next pass.
                continue;
            }
            BlobInfo first = seen.putIfAbsent(digest.get(), blob);
            if (first != null && !first.version().equals(blob.version()) && shareOrWarn(first, image, blob)) {
                files++;
                freed += blob.size();
            }
        }
        if (files > 0) {
            LOG.info("{} files are the same as others, and stored once from now on: {} bytes are free", files, freed);
        }
        return freed;
    }

    private List<Image> candidates() {
        return catalogue.snapshot().images().stream()
                .filter(image -> image.state().isActivated()
                        && Part.FILE.of(image).filter(Dedupe::isReceived).isPresent()
                        && catalogue.quarantine().find(image.uuid(), Part.FILE).isEmpty())
                .sorted(Comparator.comparing(Image::uuid))
                .toList();
    }

    /** Whether nobody but this server writes to it, which never does so twice. */
    static boolean isReceived(BlobInfo blob) {
        return FileReceiver.isReceivedName(blob.key().segments().getLast());
    }

    private boolean shareOrWarn(BlobInfo first, Image image, BlobInfo blob) throws InterruptedException {
        try {
            if (!areSame(first, blob)) {
                LOG.warn(
                        "{} and {} had the same digests, and differ now: one of them is damaged",
                        first.key(),
                        blob.key());
                return false;
            }
            return sharing.share(first, image.uuid(), blob);
        } catch (NoSuchBlobException e) {
            LOG.debug("one of two files is gone", e);
            return false;
        } catch (IOException e) {
            LOG.warn("{} and {} are the same, but cannot be stored once: {}", first.key(), blob.key(), e.toString());
            return false;
        }
    }

    /** What one of them holds may have been right when its digests were made. */
    private boolean areSame(BlobInfo one, BlobInfo two) throws IOException, InterruptedException {
        Pace pace = new Pace(BYTES_PER_SECOND_BESIDE_ARRIVALS);
        try (StoredBlob first = storage.openOriginal(one.key());
                StoredBlob second = storage.openOriginal(two.key());
                InputStream left = first.stream(0, Long.MAX_VALUE);
                InputStream right = second.stream(0, Long.MAX_VALUE)) {
            if (!first.info().equals(one) || !second.info().equals(two)) {
                throw new NoSuchBlobException(one.key(), "or " + two.key() + " has just been replaced");
            }
            while (true) {
                byte[] these = left.readNBytes(CHUNK);
                if (!Arrays.equals(these, right.readNBytes(CHUNK))) {
                    return false;
                }
                if (these.length == 0) {
                    return true;
                }
                if (isReceiving.getAsBoolean()) {
                    pace.spend(2L * these.length);
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
    }

    /** Ends the looking, and waits for that. */
    @Override
    public void close() {
        background.end();
    }
}
