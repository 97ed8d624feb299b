package org.imageserver.storage.objects;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.imageserver.storage.DamagedBlobException;
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
    private static final long PATIENCE_SECONDS = 10;

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

        /** The same, and the disk is to blame. */
        NO_ROOM,

        /** The store's bytes are not those that were put into it. */
        DAMAGED
    }

    CachedFile(Path path, Content.Stored stored, long size, boolean isComplete) {
        this.path = path;
        this.growing = path.resolveSibling(path.getFileName() + ObjectCache.UNFINISHED);
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

    /** Whether the copy lies where it was put, as it was put there. */
    boolean isThere() {
        try {
            return Files.size(path) == size;
        } catch (IOException e) {
            return false;
        }
    }

    /** A copy, and the way to its bytes. */
    record Opened(CachedFile file, FileChannel channel) {}

    /** Opens the copy as far as there is one; empty when it is gone. */
    Optional<Opened> open() {
        lock.lock();
        try {
            Path there = progress == Progress.COMPLETE ? path : growing;
            return Optional.of(new Opened(this, FileChannel.open(there, StandardOpenOption.READ)));
        } catch (IOException e) {
            LOG.debug("{} is not in the cache any more", path, e);
            return Optional.empty();
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
        try (InputStream from = new ObjectStream(store, stored.object(), 0, size);
                FileChannel to = FileChannel.open(growing, StandardOpenOption.WRITE)) {
            return copy(from, to);
        } catch (IOException e) {
            LOG.warn("{} cannot be copied to the cache; it is read from the store: {}", stored.object(), e.toString());
            return end(Progress.ABANDONED);
        } catch (RuntimeException e) {
            LOG.error("{} cannot be copied to the cache; it is read from the store", stored.object(), e);
            return end(Progress.ABANDONED);
        }
    }

    private Progress copy(InputStream from, FileChannel to) throws IOException {
        Hashes hashes = new Hashes();
        byte[] chunk = new byte[Math.clamp(size, 1, CHUNK)];
        long total = 0;
        for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
            hashes.update(chunk, 0, read);
            if (!write(to, ByteBuffer.wrap(chunk, 0, read))) {
                return end(Progress.NO_ROOM);
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
        return complete();
    }

    private boolean write(FileChannel to, ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                to.write(bytes);
            }
            return true;
        } catch (IOException e) {
            LOG.warn("the cache cannot be written; {} is read from the store", stored.object(), e);
            return false;
        }
    }

    private Progress complete() {
        lock.lock();
        try {
            Files.move(growing, path, StandardCopyOption.REPLACE_EXISTING);
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
                throw new DamagedBlobException("the object " + stored.object() + " is damaged in the store");
            }
            boolean isThere = progress == Progress.GROWING || progress == Progress.COMPLETE;
            return isThere ? Math.max(0, available - position) : 0;
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
            return switch (progress) {
                case COMPLETE, DAMAGED -> true;
                case GROWING -> position <= available + distance;
                case ABANDONED, NO_ROOM -> false;
            };
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
