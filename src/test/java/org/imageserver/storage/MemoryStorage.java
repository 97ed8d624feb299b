package org.imageserver.storage;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** The fake: no disk, but the same contract, so that other packages test against it in no time. */
public final class MemoryStorage implements Storage {
    private final ConcurrentSkipListMap<BlobKey, MemoryBlob> blobs = new ConcurrentSkipListMap<>();
    private final AtomicLong versions = new AtomicLong();

    @Override
    public StoredBlob open(BlobKey key) throws NoSuchBlobException {
        MemoryBlob blob = blobs.get(key);
        if (blob == null) {
            throw new NoSuchBlobException(key);
        }
        return blob;
    }

    @Override
    public Optional<BlobInfo> stat(BlobKey key) {
        return Optional.ofNullable(blobs.get(key)).map(MemoryBlob::info);
    }

    @Override
    public List<BlobInfo> list(String prefix) {
        return blobs.values().stream()
                .map(MemoryBlob::info)
                .filter(info -> info.key().isListedUnder(prefix))
                .toList();
    }

    @Override
    public boolean delete(BlobKey key) {
        return blobs.remove(key) != null;
    }

    @Override
    public PendingBlob begin(BlobKey key) {
        return new MemoryPending(key);
    }

    @Override
    public boolean createIfAbsent(BlobKey key, byte[] bytes) {
        return blobs.putIfAbsent(key, blob(key, bytes.clone())) == null;
    }

    @Override
    public long usableBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    public void close() {}

    private MemoryBlob blob(BlobKey key, byte[] bytes) {
        String version = Long.toString(versions.incrementAndGet());
        return new MemoryBlob(new BlobInfo(key, bytes.length, Instant.now(), version), bytes);
    }

    private static final class MemoryBlob implements StoredBlob {
        private final BlobInfo info;
        private final byte[] bytes;

        private MemoryBlob(BlobInfo info, byte[] bytes) {
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

    private final class MemoryPending implements PendingBlob {
        private final BlobKey key;
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private boolean open = true;

        private MemoryPending(BlobKey key) {
            this.key = key;
        }

        @Override
        public int write(ByteBuffer source) throws ClosedChannelException {
            requireOpen();
            byte[] bytes = new byte[source.remaining()];
            source.get(bytes);
            written.writeBytes(bytes);
            return bytes.length;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public BlobInfo commit() throws ClosedChannelException {
            requireOpen();
            close();
            MemoryBlob blob = blob(key, written.toByteArray());
            blobs.put(key, blob);
            return blob.info();
        }

        @Override
        public void close() {
            open = false;
        }

        private void requireOpen() throws ClosedChannelException {
            if (!open) {
                throw new ClosedChannelException();
            }
        }
    }
}
