package org.imageserver.storage.objects;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copy of an object on the local disk, from its first byte on: readers follow while it grows. It gets its name when
 * it is whole and verified. Thread-safe.
 */
final class CachedFile {
    private static final Logger LOG = LoggerFactory.getLogger(CachedFile.class);
    private static final int CHUNK = 256 * 1024;

    /** How long a reader waits for the next byte before it asks the store itself. */
    private static final long PATIENCE_SECONDS = 30;

    private final Path path;
    private final Path growing;
    private final Content.Stored stored;
    private final long size;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private long available;
    private Progress progress = Progress.GROWING;

    /** What has become of it. */
    enum Progress {
        GROWING,

        /** Whole and verified. */
        COMPLETE,

        /** The copy could not be made; the object may be good. */
        ABANDONED,

        /** The store's bytes are not those that were put into it. */
        DAMAGED
    }

    CachedFile(Path path, Content.Stored stored, long size, boolean isComplete) {
        this.path = path;
        this.growing = path.resolveSibling(path.getFileName() + ".growing");
        this.stored = stored;
        this.size = size;
        if (isComplete) {
            available = size;
            progress = Progress.COMPLETE;
        }
    }

    long size() {
        return size;
    }

    boolean isComplete() {
        lock.lock();
        try {
            return progress == Progress.COMPLETE;
        } finally {
            lock.unlock();
        }
    }

    /** Opens the copy as far as there is one. */
    FileChannel open() throws IOException {
        lock.lock();
        try {
            return FileChannel.open(progress == Progress.COMPLETE ? path : growing, StandardOpenOption.READ);
        } finally {
            lock.unlock();
        }
    }

    /** Makes the file, so that readers can open it. */
    void prepare() throws IOException {
        Files.deleteIfExists(growing);
        Files.createFile(growing);
    }

    /** Copies the object and verifies it; never throws, since readers learn how it ended. */
    Progress fetch(ObjectStore store) {
        Hashes hashes = new Hashes();
        try (InputStream from = new ObjectStream(store, stored.object(), 0, size);
                FileChannel to = FileChannel.open(growing, StandardOpenOption.WRITE)) {
            byte[] chunk = new byte[(int) Math.min(CHUNK, Math.max(1, size))];
            long total = 0;
            for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
                hashes.update(chunk, 0, read);
                for (ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, read); bytes.hasRemaining(); ) {
                    to.write(bytes);
                }
                total += read;
                // The last byte only when all are known to be right: what is damaged must not look whole to anybody.
                reach(Math.min(total, size - 1));
            }
            if (!hashes.finish().equals(stored.checksums())) {
                LOG.error(
                        "{} in the object store is damaged: it does not have the checksums that it was stored with",
                        stored.object());
                return end(Progress.DAMAGED);
            }
            to.force(true);
        } catch (IOException e) {
            LOG.warn("{} cannot be copied to the cache; it is read from the store", stored.object(), e);
            return end(Progress.ABANDONED);
        }
        return complete();
    }

    private Progress complete() {
        lock.lock();
        try {
            Files.move(growing, path);
            available = size;
            progress = Progress.COMPLETE;
            moved.signalAll();
            return progress;
        } catch (IOException e) {
            LOG.warn("{} cannot be kept in the cache", stored.object(), e);
            return end(Progress.ABANDONED);
        } finally {
            lock.unlock();
        }
    }

    private void reach(long position) {
        lock.lock();
        try {
            available = position;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Progress end(Progress how) {
        lock.lock();
        try {
            progress = how;
            moved.signalAll();
            remove();
            return how;
        } finally {
            lock.unlock();
        }
    }

    /** Removes the copy; whoever has it open reads on. */
    void remove() {
        try {
            Files.deleteIfExists(growing);
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("{} cannot be removed from the cache", path, e);
        }
    }

    /**
     * Waits for a byte.
     *
     * @return how many bytes can be read from there on; 0 when the rest must be read from the store
     * @throws IOException when the object is damaged
     */
    long await(long position) throws IOException {
        lock.lock();
        try {
            long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (progress == Progress.GROWING && available <= position && left > 0) {
                left = moved.awaitNanos(left);
            }
            if (progress == Progress.DAMAGED) {
                throw new IOException("the object " + stored.object() + " is damaged in the store");
            }
            return progress == Progress.ABANDONED ? 0 : Math.max(0, available - position);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the server stops", e);
        } finally {
            lock.unlock();
        }
    }

    /** Whether a byte is here, or so near that waiting is quicker than a request of its own. */
    boolean isNear(long position, long distance) {
        lock.lock();
        try {
            return progress == Progress.COMPLETE
                    || (progress != Progress.ABANDONED && position <= available + distance);
        } finally {
            lock.unlock();
        }
    }
}
