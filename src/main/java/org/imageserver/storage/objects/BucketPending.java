package org.imageserver.storage.objects;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
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

/**
 * A blob on its way to the store: kept in memory while it is small, else sent in parts, one of which is hashed and sent
 * while the next is being filled.
 */
final class BucketPending implements PendingBlob {
    /** What fits into a change. */
    static final int LARGEST_INLINE = 64 * 1024;

    /** The least that stores take, up to so many parts; larger ones after that, since 10,000 parts are the most. */
    private static final int SMALL_PART = 5 * 1024 * 1024;

    private static final int LARGE_PART = 16 * 1024 * 1024;
    private static final int SMALL_PARTS = 2_000;

    private static final Executor SENDERS = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("object-part-", 0).factory());

    private final BlobKey key;
    private final ObjectStore store;
    private final Namer namer;
    private final Hashes hashes = new Hashes();
    private final String object = "files/" + UUID.randomUUID();
    private ByteBuffer filling = ByteBuffer.allocate(LARGEST_INLINE + 1);
    private @Nullable ByteBuffer spare;
    private ObjectStore.@Nullable Upload upload;
    private CompletableFuture<Void> sending = CompletableFuture.completedFuture(null);
    private int parts;
    private long size;
    private boolean isOpen = true;

    /** Gives what was written its name. */
    interface Namer {
        BlobInfo name(Written written) throws IOException;
    }

    /** What was written: its size in bytes, and where it is. */
    record Written(long size, Content content) {}

    BucketPending(BlobKey key, ObjectStore store, Namer namer) {
        this.key = key;
        this.store = store;
        this.namer = namer;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        requireOpen();
        int count = source.remaining();
        try {
            while (source.hasRemaining()) {
                if (!filling.hasRemaining()) {
                    makeRoom();
                }
                int length = Math.min(source.remaining(), filling.remaining());
                filling.put(source.slice(source.position(), length));
                source.position(source.position() + length);
            }
        } catch (IOException e) {
            close();
            throw e;
        }
        size += count;
        return count;
    }

    /** The first time, what was small becomes a part; after that, a whole part is sent. */
    private void makeRoom() throws IOException {
        if (filling.capacity() <= LARGEST_INLINE + 1) {
            ByteBuffer part = ByteBuffer.allocateDirect(SMALL_PART);
            part.put(filling.flip());
            filling = part;
        } else {
            send();
        }
    }

    private void send() throws IOException {
        await();
        ByteBuffer part = filling.flip();
        filling = nextBuffer();
        ObjectStore.Upload to = upload == null ? store.upload(object) : upload;
        upload = to;
        parts++;
        sending = CompletableFuture.runAsync(() -> send(part, to), SENDERS);
        spare = part;
    }

    private ByteBuffer nextBuffer() {
        int capacity = parts < SMALL_PARTS ? SMALL_PART : LARGE_PART;
        ByteBuffer free = spare;
        return free != null && free.capacity() == capacity ? free.clear() : ByteBuffer.allocateDirect(capacity);
    }

    private void send(ByteBuffer part, ObjectStore.Upload to) {
        try {
            hashes.update(part.duplicate());
            to.part(part.duplicate());
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
        if (size <= LARGEST_INLINE) {
            byte[] bytes = new byte[filling.flip().remaining()];
            filling.get(bytes);
            return new Written(size, new Content.Inline(bytes));
        }
        if (filling.position() > 0) {
            if (filling.capacity() <= LARGEST_INLINE + 1) {
                makeRoom();
            }
            send();
        }
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
        ObjectStore.Upload unfinished = upload;
        if (unfinished != null) {
            // After the part that is on its way: the store may take it for a new upload otherwise.
            CompletableFuture<Void> unused = sending.whenCompleteAsync((sent, failure) -> unfinished.close(), SENDERS);
        }
    }
}
