package org.imageserver.storage.objects;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.StoredBlob;

/** A blob whose bytes are read from the store each time. Thread-safe. */
final class StoredObject implements StoredBlob {
    private final BlobInfo info;
    private final String object;
    private final ObjectStore store;
    private final Set<InputStream> streams = ConcurrentHashMap.newKeySet();

    StoredObject(BlobInfo info, String object, ObjectStore store) {
        this.info = info;
        this.object = object;
        this.store = store;
    }

    @Override
    public BlobInfo info() {
        return info;
    }

    @Override
    public InputStream stream(long offset, long length) {
        InputStream stream = new ObjectStream(store, object, offset, end(info, offset, length));
        streams.add(stream);
        return stream;
    }

    /** Where a range ends that is clipped to a blob. */
    static long end(BlobInfo info, long offset, long length) {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("negative range: " + offset + ", " + length);
        }
        return length > info.size() - offset ? info.size() : offset + length;
    }

    @Override
    public Optional<FileChannel> fileChannel() {
        return Optional.empty();
    }

    @Override
    public Optional<String> address(Duration valid) {
        return store.address(object, valid);
    }

    /** A stream that nobody closed holds a connection to the store. */
    @Override
    public void close() throws IOException {
        for (InputStream stream : streams) {
            stream.close();
        }
    }
}
