package org.imageserver.storage.objects;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.util.Optional;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.StoredBlob;

/** A small blob, whose bytes are in memory. Thread-safe. */
final class InlineBlob implements StoredBlob {
    private final BlobInfo info;
    private final byte[] bytes;

    InlineBlob(BlobInfo info, byte[] bytes) {
        this.info = info;
        this.bytes = bytes;
    }

    @Override
    public BlobInfo info() {
        return info;
    }

    @Override
    public InputStream stream(long offset, long length) {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("negative range: " + offset + ", " + length);
        }
        int start = (int) Math.min(offset, bytes.length);
        return new ByteArrayInputStream(bytes, start, (int) Math.min(length, bytes.length - start));
    }

    @Override
    public Optional<FileChannel> fileChannel() {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
