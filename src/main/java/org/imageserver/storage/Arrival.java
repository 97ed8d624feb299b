package org.imageserver.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * The bytes of a blob that is still on its way here, in a file that grows: for sendfile of what is there already. What is
 * {@link StoredBlob#ready} can be sent. Thread-safe; ends with its blob.
 */
public interface Arrival {
    /**
     * Has the bytes brought, if nobody did before. May wait for the disk.
     *
     * @throws IOException when they cannot be had
     */
    void begin() throws IOException;

    /**
     * What can be sent from an offset on that is ready, after {@link #begin}; never waits.
     *
     * @return empty when it must be read as a {@link StoredBlob#stream}
     * @throws RuntimeException that says why the bytes will not come
     */
    Optional<Piece> at(long offset);

    /**
     * Bytes of a file that will not change any more.
     *
     * @param file open until the blob is closed; its position is of no meaning
     * @param end offset of the first byte that is not there yet
     */
    record Piece(FileChannel file, long end) {}
}
