package org.imageserver.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A blob that is being written and that nobody sees yet. A channel, because uploads arrive in direct
 * buffers; {@link java.nio.channels.Channels#newOutputStream} makes a stream of it.
 *
 * <pre>{@code
 * try (PendingBlob pending = storage.begin(key)) {
 *     pending.write(bytes);
 *     return pending.commit();
 * }
 * }</pre>
 *
 * <p>Used by one thread at a time, not always the same. Interrupting that thread discards the blob.
 */
public interface PendingBlob extends WritableByteChannel {

    /**
     * Appends all that remains in the buffer. After a failure everything written is discarded, so
     * that half a blob cannot be committed.
     *
     * @throws java.nio.channels.ClosedChannelException after {@link #commit}, {@link #close} or a failure
     */
    @Override
    int write(ByteBuffer source) throws IOException;

    /**
     * Opens what is written from now on for reading, while it grows: what {@link #write} has returned for can be read. The
     * caller closes it when the writing has ended, not before; it holds the bytes even when they are discarded. To be
     * called before the first write, once.
     *
     * @throws IOException where that is not possible
     */
    default FileChannel follow() throws IOException {
        throw new IOException("what is being written cannot be read on this storage before it is complete");
    }

    /**
     * Makes the blob durable and then visible under its key, in place of an older one. Whether or
     * not it succeeds, this ends the writing.
     *
     * @throws java.nio.channels.ClosedChannelException after {@link #commit}, {@link #close} or a failure
     */
    BlobInfo commit() throws IOException;

    /** Discards what was written, unless it has been committed. */
    @Override
    void close() throws IOException;
}
