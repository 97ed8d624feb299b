package org.imageserver.storage.objects;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Optional;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.StoredBlob;

/**
 * A blob that is read from its copy on the local disk, also while that grows. The copy is begun when the first bytes are
 * asked for: whoever only looks costs the store nothing. Thread-safe.
 */
final class CachedBlob implements StoredBlob {
    /** What is farther ahead of the copy is asked of the store. */
    private static final long NEAR = 16 * 1024 * 1024;

    private final BlobInfo info;
    private final Content.Stored stored;
    private final ObjectCache cache;
    private final StoredObject direct;
    private final Optional<FileChannel> whole;
    private Optional<CachedFile.Opened> copy;

    /**
     * Makes a blob.
     *
     * @param whole its copy, if there is a whole one; closed with the blob
     */
    CachedBlob(
            BlobInfo info,
            Content.Stored stored,
            ObjectCache cache,
            Optional<CachedFile.Opened> whole,
            StoredObject direct) {
        this.info = info;
        this.stored = stored;
        this.cache = cache;
        this.direct = direct;
        this.whole = whole.map(CachedFile.Opened::channel);
        this.copy = whole;
    }

    @Override
    public BlobInfo info() {
        return info;
    }

    @Override
    public InputStream stream(long offset, long length) {
        long end = StoredObject.end(info, offset, length);
        Optional<CachedFile.Opened> near =
                copy(offset).filter(opened -> opened.file().isNear(offset, NEAR));
        return near.isPresent()
                ? new FollowingStream(near.get(), direct, offset, end)
                : direct.stream(offset, end - offset);
    }

    /** Nobody waits for a copy from its beginning who wants the end alone. */
    private synchronized Optional<CachedFile.Opened> copy(long offset) {
        if (copy.isEmpty()) {
            copy = cache.follow(stored, info.size(), offset <= NEAR);
        }
        return copy;
    }

    @Override
    public Optional<FileChannel> fileChannel() {
        return whole;
    }

    @Override
    public Optional<String> address(Duration valid) {
        return direct.address(valid);
    }

    @Override
    public synchronized void close() throws IOException {
        try (direct) {
            if (copy.isPresent()) {
                copy.get().channel().close();
            }
        }
    }
}
