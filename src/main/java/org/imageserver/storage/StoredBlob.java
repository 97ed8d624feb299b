package org.imageserver.storage;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A blob that is open for reading. It stays what {@link #info} says, even when another one takes its
 * key or the key is deleted. Safe for use by many threads; each stream belongs to one. Interrupting a
 * thread that reads may close the blob for all (see {@link java.nio.channels.InterruptibleChannel}).
 */
public interface StoredBlob extends Closeable {

    /** Describes the bytes that this object reads. */
    BlobInfo info();

    /**
     * Reads a range, clipped to the blob: it ends where the blob ends, and is empty when it begins
     * there or later. Any number of streams may be read side by side; closing one is not needed.
     *
     * @param offset of the first byte, from 0
     * @param length in bytes; {@link Long#MAX_VALUE} for all that follows
     * @throws IllegalArgumentException when one of them is negative
     */
    InputStream stream(long offset, long length) throws IOException;

    /**
     * The file that holds exactly these bytes, for sendfile; empty where there is no such file. It is
     * closed with the blob, and its position is of no meaning: use operations that take a position.
     */
    Optional<FileChannel> fileChannel();

    /**
     * Completes when a byte can be read without waiting for whoever brings it, or when it is clear that it will not come;
     * reading then says why. Most blobs are whole from the start.
     *
     * @param offset of the byte
     */
    default CompletionStage<Void> ready(long offset) {
        return CompletableFuture.completedFuture(null);
    }

    /** How its bytes come, where they are on their way into a file of which a part can be sent; empty everywhere else. */
    default Optional<Arrival> arrival() {
        return Optional.empty();
    }

    /**
     * An address at which a client can get the same bytes without this server, for a time; empty where there is none.
     *
     * @param valid for how long
     */
    default Optional<String> address(Duration valid) {
        return Optional.empty();
    }
}
