package org.imageserver.storage.objects;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.PendingBlob;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A blob on its way to the store: kept in memory while it is small, else sent in parts, one of which is hashed and sent
 * while the next is being filled. Between their sender and the store they lie in a file.
 */
final class BucketPending implements PendingBlob {
    /** What fits into a change. */
    static final int LARGEST_INLINE = 64 * 1024;

    /** Up to so many parts; larger ones after that, since 10,000 parts are the most. */
    private static final int SMALL_PART = 16 * 1024 * 1024;

    private static final int LARGE_PART = 64 * 1024 * 1024;
    private static final int SMALL_PARTS = 2_000;
    private static final int CHUNK = 128 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(BucketPending.class);

    private static final Executor SENDERS = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("object-part-", 0).factory());

    private final BlobKey key;
    private final ObjectStore store;
    private final Path directory;
    private final Namer namer;
    private final Hashes hashes = new Hashes();
    private final String object = "files/" + UUID.randomUUID();
    private final ByteBuffer small = ByteBuffer.allocate(LARGEST_INLINE);
    private @Nullable PartFile file;

    /** What somebody follows, who closes it. */
    private @Nullable PartFile copy;

    private ObjectStore.@Nullable Upload upload;
    private CompletableFuture<Void> sending = CompletableFuture.completedFuture(null);
    private int parts;

    /** Where in the file the part begins that is being filled: there is room for two. */
    private long begin;

    private int filled;
    private long size;
    private boolean isOpen = true;

    /** Gives what was written its name. */
    interface Namer {
        BlobInfo name(Written written) throws IOException;
    }

    /** What was written: its size in bytes, and where it is. */
    record Written(long size, Content content) {}

    /**
     * Begins one.
     *
     * @param directory for the parts; made at need
     */
    BucketPending(BlobKey key, ObjectStore store, Path directory, Namer namer) {
        this.key = key;
        this.store = store;
        this.directory = directory;
        this.namer = namer;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        requireOpen();
        int count = source.remaining();
        try {
            if (copy != null) {
                copy.write(source.duplicate(), size);
            }
            while (source.hasRemaining()) {
                if (file == null && small.hasRemaining()) {
                    move(source, Math.min(source.remaining(), small.remaining()));
                } else {
                    fill(source);
                }
            }
        } catch (IOException e) {
            close();
            throw e;
        }
        size += count;
        return count;
    }

    /** A copy of its own: the parts take turns in their file. */
    @Override
    public FileChannel follow() throws IOException {
        PartFile made = PartFile.create(directory);
        copy = made;
        return made.channel();
    }

    private void move(ByteBuffer source, int length) {
        small.put(source.slice(source.position(), length));
        source.position(source.position() + length);
    }

    private void fill(ByteBuffer source) throws IOException {
        PartFile to = file;
        if (to == null) {
            to = PartFile.create(directory);
            file = to;
            to.write(small.flip(), begin);
            filled = small.limit();
        }
        if (filled == partSize()) {
            send(to);
        }
        int length = Math.min(source.remaining(), partSize() - filled);
        to.write(source.slice(source.position(), length), begin + filled);
        source.position(source.position() + length);
        filled += length;
    }

    private int partSize() {
        return parts < SMALL_PARTS ? SMALL_PART : LARGE_PART;
    }

    private void send(PartFile from) throws IOException {
        await();
        ObjectStore.Upload to = upload == null ? store.upload(object) : upload;
        upload = to;
        long position = begin;
        int length = filled;
        sending = CompletableFuture.runAsync(() -> send(from, position, length, to), SENDERS);
        parts++;
        begin = begin == 0 ? LARGE_PART : 0;
        filled = 0;
    }

    private void send(PartFile from, long position, int length, ObjectStore.Upload to) {
        try {
            try (InputStream bytes = from.stream(position, length)) {
                byte[] chunk = new byte[CHUNK];
                for (int read = bytes.read(chunk); read >= 0; read = bytes.read(chunk)) {
                    hashes.update(chunk, 0, read);
                }
            }
            to.part(length, () -> from.stream(position, length));
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private void await() throws IOException {
        try {
            sending.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server stops");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException("cannot store " + key, e);
        }
    }

    @Override
    public BlobInfo commit() throws IOException {
        requireOpen();
        try {
            return namer.name(written());
        } finally {
            close();
        }
    }

    private Written written() throws IOException {
        PartFile from = file;
        if (from == null) {
            return new Written(size, new Content.Inline(Arrays.copyOf(small.array(), small.position())));
        }
        send(from);
        await();
        ObjectStore.Upload sent = upload;
        if (sent == null) {
            throw new IllegalStateException("nothing was sent of " + size + " bytes");
        }
        sent.finish();
        return new Written(size, new Content.Stored(object, hashes.finish()));
    }

    @Override
    public boolean isOpen() {
        return isOpen;
    }

    private void requireOpen() throws ClosedChannelException {
        if (!isOpen) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public void close() {
        if (!isOpen) {
            return;
        }
        isOpen = false;
        // After the part that is on its way: the store may take it for a new upload otherwise.
        CompletableFuture<Void> unused = sending.whenCompleteAsync((sent, failure) -> release(), SENDERS);
    }

    private void release() {
        try (PartFile closing = file) {
            LOG.trace("{} is done with", closing);
        } catch (IOException e) {
            LOG.warn("the parts of {} cannot be closed", key, e);
        }
        ObjectStore.Upload unfinished = upload;
        if (unfinished != null) {
            unfinished.close();
        }
    }
}
