package org.imageserver.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.util.Optional;

/** A file that stays open, so that its bytes outlive its name. */
final class LocalBlob implements StoredBlob {
    private final BlobInfo info;
    private final FileChannel channel;

    LocalBlob(BlobInfo info, FileChannel channel) {
        this.info = info;
        this.channel = channel;
    }

    @Override
    public BlobInfo info() {
        return info;
    }

    @Override
    public InputStream stream(long offset, long length) {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("Range of " + info.key() + " is negative: " + offset + ", " + length);
        }
        long start = Math.min(offset, info.size());
        return new LocalBlobStream(info, channel, start, start + Math.min(length, info.size() - start));
    }

    @Override
    public Optional<FileChannel> fileChannel() {
        return Optional.of(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
