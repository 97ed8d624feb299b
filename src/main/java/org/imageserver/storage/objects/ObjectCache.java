package org.imageserver.storage.objects;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.Checksums;
import org.imageserver.storage.StoredBlob;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects that were read lately, on the local disk: the second download costs the store nothing, and however many wait for
 * the first, the store is asked once. What is unused for longest goes first. Thread-safe.
 */
public final class ObjectCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectCache.class);

    /** Copies that are being made at once; what is asked for beyond that is read from the store. */
    private static final int MOST_FETCHES = 8;

    /** After the disk was full: what cannot be kept would be fetched twice each time. */
    private static final Duration REST = Duration.ofMinutes(1);

    /** Of a copy that was verified before an earlier server ended. */
    private static final Content.Stored VERIFIED = new Content.Stored("", new Checksums("", "", ""));

    /** What a name ends in that is of no use to another process. */
    static final String UNFINISHED = ".growing";

    private final ObjectStore store;
    private final Path directory;
    private final long limit;

    /** By object, least lately used first. */
    private final Map<String, CachedFile> files = new LinkedHashMap<>(16, 0.75f, true);

    private final ExecutorService fetchers = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("object-fetch-", 0).factory());
    private int fetching;
    private long used;

    /** No copy is begun before this, by {@link System#nanoTime}. */
    private long restUntil = System.nanoTime();

    /**
     * Makes a cache; what an earlier one left there is used as it is asked for.
     *
     * @param directory of the cache alone; made when it is missing
     * @param limit in bytes, of all copies together; 0 for no cache
     * @throws IOException when the directory cannot be made or read
     */
    public ObjectCache(ObjectStore store, Path directory, long limit) throws IOException {
        this.store = store;
        this.directory = directory;
        this.limit = limit;
        if (limit > 0) {
            Files.createDirectories(directory);
            removeLeftovers();
        }
    }

    /** Copies that were whole are known by their names alone, and those of an unknown state are gone. */
    private void removeLeftovers() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry :
                    entries.sorted(Comparator.comparing(ObjectCache::age)).toList()) {
                if (entry.toString().endsWith(UNFINISHED)) {
                    Files.delete(entry);
                } else if (Files.isRegularFile(entry)) {
                    adopt(entry);
                }
            }
        }
    }

    /** Those that are used for longest, as far as a file system tells. */
    private static FileTime age(Path entry) {
        try {
            return Files.getLastModifiedTime(entry);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    private void adopt(Path entry) throws IOException {
        String name = String.valueOf(entry.getFileName());
        long size = Files.size(entry);
        files.put("files/" + name, new CachedFile(entry, VERIFIED, size, true));
        used += size;
    }

    /** A directory for objects on their way; made when it is needed. */
    Path directory() {
        return directory;
    }

    StoredBlob open(BlobInfo info, Content.Stored stored) {
        StoredObject direct = new StoredObject(info, stored.object(), store);
        return limit <= 0 || info.size() > limit
                ? direct
                : new CachedBlob(info, stored, this, whole(stored, info.size()), direct);
    }

    private synchronized Optional<CachedFile.Opened> whole(Content.Stored stored, long size) {
        return find(stored, size).filter(CachedFile::isComplete).flatMap(CachedFile::open);
    }

    /**
     * Opens the copy of an object, which may still grow; empty when there is none and none can be made now.
     *
     * @param mayBegin whether a copy is begun when there is none
     */
    synchronized Optional<CachedFile.Opened> follow(Content.Stored stored, long size, boolean mayBegin) {
        return find(stored, size)
                .or(() -> mayBegin ? begin(stored, size) : Optional.empty())
                .flatMap(CachedFile::open);
    }

    /** Somebody may have cleared or changed the directory; what is not as it was left is forgotten. */
    private Optional<CachedFile> find(Content.Stored stored, long size) {
        Optional<CachedFile> found = Optional.ofNullable(files.get(stored.object()));
        boolean isUseless = found.filter(CachedFile::isComplete)
                .filter(file -> file.size() != size || !file.isThere())
                .isPresent();
        if (isUseless) {
            forget(stored.object(), found.get());
            return Optional.empty();
        }
        return found;
    }

    private void forget(String object, CachedFile file) {
        if (files.remove(object, file)) {
            file.remove();
            used -= file.size();
        }
    }

    private Optional<CachedFile> begin(Content.Stored stored, long size) {
        boolean isResting = System.nanoTime() - restUntil < 0;
        if (isResting || fetching >= MOST_FETCHES || !makeRoom(size)) {
            return Optional.empty();
        }
        Path path = directory.resolve(stored.object().substring(stored.object().lastIndexOf('/') + 1));
        CachedFile file = new CachedFile(path, stored, size, false);
        try {
            file.prepare();
            fetchers.execute(() -> fetch(stored.object(), file));
        } catch (IOException | RejectedExecutionException e) {
            LOG.warn("the cache {} cannot be written; files are read from the store", directory, e);
            return Optional.empty();
        }
        files.put(stored.object(), file);
        used += size;
        fetching++;
        return Optional.of(file);
    }

    private void fetch(String object, CachedFile file) {
        CachedFile.Progress how = file.fetch(store);
        // The lock is the one under which it was begun: it is in the books by now.
        synchronized (this) {
            fetching--;
            if (how != CachedFile.Progress.COMPLETE && files.remove(object, file)) {
                used -= file.size();
            }
            if (how == CachedFile.Progress.NO_ROOM) {
                restUntil = System.nanoTime() + REST.toNanos();
            }
        }
    }

    /** Removes what is unused for longest; what is being copied stays. */
    private boolean makeRoom(long size) {
        Iterator<Map.Entry<String, CachedFile>> oldest =
                List.copyOf(files.entrySet()).iterator();
        while (used + size > limit && oldest.hasNext()) {
            Map.Entry<String, CachedFile> next = oldest.next();
            if (next.getValue().isComplete()) {
                forget(next.getKey(), next.getValue());
            }
        }
        return used + size <= limit;
    }

    /** Waits for the copies that are being made to notice; they are made again when they are asked for. */
    @Override
    public void close() {
        fetchers.shutdownNow();
        try {
            if (!fetchers.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("a copy to the cache is still being made");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
