package org.imageserver.storage;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;

/**
 * Blobs whose bytes take long to come, perhaps longer than a process lives: what of them is durable is kept under a name
 * of the caller's, across crashes too, until it is discarded or committed. A name is a UUID. Safe for use by many threads,
 * for one name by one at a time.
 */
public interface Partials {
    /** How many bytes of that name are durable and known by their checksum; 0 when there are none. */
    long durable(String name) throws IOException;

    /**
     * Opens these bytes for reading; the caller closes the channel.
     *
     * @return a channel whose reads fail, before the last byte is out, when the bytes are not those that were written
     */
    ReadableByteChannel open(String name) throws IOException;

    /**
     * Begins to write a blob, or goes on: what {@link #open} gives is to be written first, and is not written a second
     * time. Neither closing nor a failure discards what is durable; closing makes durable what was written.
     */
    PendingBlob begin(BlobKey key, String name) throws IOException;

    /** Removes what is kept under that name; does nothing when there is nothing. */
    void discard(String name) throws IOException;
}
