package org.imageserver.storage.objects;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.Checksums;
import org.imageserver.storage.StoredBlob;
import org.jspecify.annotations.Nullable;
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

    /** Of a copy that was verified before an earlier server ended. */
    private static final Content.Stored VERIFIED = new Content.Stored("", new Checksums("", "", ""));

    private final ObjectStore store;
    private final Path directory;
    private final long limit;

    /** By object, least lately used first. */
    private final Map<String, CachedFile> files = new LinkedHashMap<>(16, 0.75f, true);

    private final ExecutorService fetchers = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("object-fetch-", 0).factory());
    private int fetching;
    private long used;

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
            for (Path entry : entries.toList()) {
                if (entry.toString().endsWith(".growing")) {
                    Files.delete(entry);
                } else if (Files.isRegularFile(entry)) {
                    adopt(entry);
                }
            }
        }
    }

    private void adopt(Path entry) throws IOException {
        String name = String.valueOf(entry.getFileName());
        long size = Files.size(entry);
        files.put("files/" + name, new CachedFile(entry, VERIFIED, size, true));
        used += size;
    }

    StoredBlob open(BlobInfo info, Content.Stored stored) throws IOException {
        StoredObject direct = new StoredObject(info, stored.object(), store);
        if (limit <= 0 || info.size() > limit) {
            return direct;
        }
        CachedFile file;
        synchronized (this) {
            file = files.get(stored.object());
            if (file == null || file.size() != info.size()) {
                file = begin(stored, info.size());
            }
            if (file != null) {
                return new CachedBlob(info, file, direct);
            }
        }
        return direct;
    }

    /** Begins a copy; null when too many are being made, or when there is no room for it. */
    private @Nullable CachedFile begin(Content.Stored stored, long size) {
        if (fetching >= MOST_FETCHES || !makeRoom(size)) {
            return null;
        }
        CachedFile file = new CachedFile(
                directory.resolve(stored.object().substring(stored.object().lastIndexOf('/') + 1)),
                stored,
                size,
                false);
        try {
            file.prepare();
        } catch (IOException e) {
            LOG.warn("the cache {} cannot be written; files are read from the store", directory, e);
            return null;
        }
        files.put(stored.object(), file);
        used += size;
        fetching++;
        fetchers.execute(() -> fetch(stored.object(), file));
        return file;
    }

    private void fetch(String object, CachedFile file) {
        CachedFile.Progress how = file.fetch(store);
        synchronized (this) {
            fetching--;
            if (how != CachedFile.Progress.COMPLETE && files.remove(object, file)) {
                used -= file.size();
            }
        }
    }

    /** Removes what is unused for longest; what is being copied stays. */
    private boolean makeRoom(long size) {
        Iterator<CachedFile> oldest = List.copyOf(files.values()).iterator();
        while (used + size > limit && oldest.hasNext()) {
            CachedFile file = oldest.next();
            if (file.isComplete() && files.values().remove(file)) {
                file.remove();
                used -= file.size();
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
