package org.imageserver.storage.objects;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.StoredBlob;

/** A blob that is read from its copy on the local disk, also while that grows. Thread-safe. */
final class CachedBlob implements StoredBlob {
    /** What is farther ahead of the copy is asked of the store. */
    private static final long NEAR = 16 * 1024 * 1024;

    private final BlobInfo info;
    private final CachedFile file;
    private final FileChannel channel;
    private final boolean isWhole;
    private final StoredObject direct;

    CachedBlob(BlobInfo info, CachedFile file, StoredObject direct) throws IOException {
        this.info = info;
        this.file = file;
        this.isWhole = file.isComplete();
        this.channel = file.open();
        this.direct = direct;
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
        return file.isNear(offset, NEAR)
                ? new Following(offset, length > info.size() - offset ? info.size() : offset + length)
                : direct.stream(offset, length);
    }

    @Override
    public Optional<FileChannel> fileChannel() {
        return isWhole ? Optional.of(channel) : Optional.empty();
    }

    @Override
    public Optional<String> address(Duration valid) {
        return direct.address(valid);
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            direct.close();
        }
    }

    /** Reads what there is, waits for what comes, and turns to the store when nothing does. */
    private final class Following extends InputStream {
        private final long end;
        private long position;
        private Optional<InputStream> rest = Optional.empty();

        Following(long offset, long end) {
            this.position = offset;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, to.length);
            if (length == 0) {
                return 0;
            }
            if (position >= end) {
                return -1;
            }
            if (rest.isPresent()) {
                return rest.get().read(to, offset, length);
            }
            long available = Math.min(file.await(position), end - position);
            if (available == 0) {
                rest = Optional.of(direct.stream(position, end - position));
                return rest.get().read(to, offset, length);
            }
            int read = channel.read(ByteBuffer.wrap(to, offset, (int) Math.min(length, available)), position);
            if (read < 0) {
                throw new IOException("the copy of " + info.key() + " in the cache became shorter");
            }
            position += read;
            return read;
        }
    }
}
