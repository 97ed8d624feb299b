package org.imageserver.storage.objects;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.Checksums;
import org.imageserver.storage.NoSuchBlobException;
import org.imageserver.storage.PendingBlob;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;
import org.imageserver.storage.SweepReport;
import org.imageserver.storage.Watch;

/**
 * Blobs on an object store that other servers use at the same time. What is hidden, what a server remembers for itself,
 * stays in a storage of its own: it is not worth a change that everyone reads. Thread-safe.
 *
 * <p>Deleted and replaced objects stay in the store until they are swept, so whoever reads one goes on reading.
 */
public final class BucketStorage implements Storage {
    private final ObjectStore store;
    private final Storage own;
    private final ObjectCache cache;
    private final String server;
    private final ChangeLog log;
    private final BucketSweep sweep;

    private BucketStorage(ObjectStore store, Storage own, ObjectCache cache, String server, Duration longestDoubt) {
        this.store = store;
        this.own = own;
        this.cache = cache;
        this.server = server;
        this.log = new ChangeLog(store, longestDoubt);
        this.sweep = new BucketSweep(store, log, server);
    }

    /**
     * Opens the storage and reads which names there are.
     *
     * @param store closed with the storage
     * @param own takes what is hidden; closed with the storage
     * @param cache of the objects that were read lately; closed with the storage
     * @param server its name, for people who read the log
     * @throws IOException when the store cannot be read
     */
    public static BucketStorage open(ObjectStore store, Storage own, ObjectCache cache, String server)
            throws IOException {
        return open(store, own, cache, server, ChangeLog.LONGEST_DOUBT);
    }

    /** The same, with a time for which a change of unknown outcome is asked about. */
    static BucketStorage open(ObjectStore store, Storage own, ObjectCache cache, String server, Duration longestDoubt)
            throws IOException {
        BucketStorage storage = new BucketStorage(store, own, cache, server, longestDoubt);
        storage.log.open();
        return storage;
    }

    @Override
    public StoredBlob open(BlobKey key) throws IOException {
        if (key.isHidden()) {
            return own.open(key);
        }
        Named named = log.namespace().find(key).orElseThrow(() -> new NoSuchBlobException(key));
        return switch (named.content()) {
            case Content.Inline inline -> new InlineBlob(named.info(), inline.bytes());
            case Content.Stored stored -> cache.open(named.info(), stored);
        };
    }

    @Override
    public StoredBlob openOriginal(BlobKey key) throws IOException {
        Optional<Named> named =
                key.isHidden() ? Optional.empty() : log.namespace().find(key);
        return named.isPresent() && named.get().content() instanceof Content.Stored stored
                ? new StoredObject(named.get().info(), stored.object(), store)
                : open(key);
    }

    @Override
    public Optional<BlobInfo> stat(BlobKey key) throws IOException {
        return key.isHidden() ? own.stat(key) : log.namespace().find(key).map(Named::info);
    }

    @Override
    public List<BlobInfo> list(String prefix) throws IOException {
        // What lies openly in the server's own directory, such as images from before it had a bucket, is not in the
        // bucket.
        boolean isHidden = prefix.startsWith(".") || prefix.contains("/.");
        return isHidden
                ? own.list(prefix)
                : log.namespace().startingWith(prefix).stream().map(Named::info).toList();
    }

    @Override
    public Watch watch() {
        return new LogWatch(log, this);
    }

    @Override
    public boolean delete(BlobKey key) throws IOException {
        if (key.isHidden()) {
            return own.delete(key);
        }
        return log.append(now -> now.find(key).map(named -> Change.delete(server, key)))
                .isPresent();
    }

    @Override
    public PendingBlob begin(BlobKey key) throws IOException {
        return key.isHidden()
                ? own.begin(key)
                : new BucketPending(key, store, cache.directory(), content -> name(key, content));
    }

    private BlobInfo name(BlobKey key, BucketPending.Written written) throws IOException {
        Change.Put put = new Change.Put(key, written.size(), written.content());
        // Not what the name stands for by now: somebody else may have written it again.
        return log.append(now -> {
                    refuseCollected(now, put);
                    return Optional.of(Change.put(server, put));
                })
                .map(applied -> Namespace.info(put, applied.change(), applied.number()))
                .orElseThrow();
    }

    /** The sweeper took the bytes for forgotten: this server stood still for longer than anybody waits. */
    private static void refuseCollected(Namespace now, Change.Put put) throws IOException {
        if (put.content() instanceof Content.Stored stored && now.isCollected(stored.object())) {
            throw new IOException("the bytes of " + put.key() + " lay unnamed in the object store for so long that"
                    + " they were swept; send them again");
        }
    }

    @Override
    public boolean createIfAbsent(BlobKey key, byte[] bytes) throws IOException {
        if (key.isHidden()) {
            return own.createIfAbsent(key, bytes);
        }
        Change.Put put = new Change.Put(key, bytes.length, new Content.Inline(bytes.clone()));
        return log.append(now -> now.find(key).isPresent() ? Optional.empty() : Optional.of(Change.put(server, put)))
                .isPresent();
    }

    @Override
    public <T> T decide(Decision<T> work) throws IOException {
        return log.decide(work::run);
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public Optional<Checksums> checksums(BlobInfo blob) {
        return log.namespace()
                .find(blob.key())
                .filter(named -> named.info().equals(blob))
                .flatMap(named -> named.content() instanceof Content.Stored stored
                        ? Optional.of(stored.checksums())
                        : Optional.empty());
    }

    /**
     * Takes the turn to sweep; of all servers, one has it in each interval.
     *
     * @throws IOException when the store cannot be asked
     */
    public boolean takeTurnToSweep(Duration every) throws IOException {
        return sweep.takeTurn(every);
    }

    /**
     * Removes objects that no name has led to for some time, and uploads that were never finished.
     *
     * @param rest for how long; longer than any upload takes
     * @param isDry whether to tell only what would be removed
     * @throws IOException when the store fails; what was removed before is gone
     */
    public SweepReport sweep(Duration rest, boolean isDry) throws IOException {
        return sweep.sweep(rest, isDry);
    }

    /** The number of the last change that this server knows. */
    public long head() {
        return log.head();
    }

    @Override
    public long usableBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    public void close() {
        cache.close();
        log.close();
        store.close();
        own.close();
    }
}
