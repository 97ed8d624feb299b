package org.imageserver.storage.objects;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An object store, reduced to what every real one gets right. Names are relative to the place that was configured. Only
 * {@link #create} decides races; nothing is ever overwritten. Safe for use by many threads and by many servers.
 *
 * <p>An {@link IOException} names the object; it is a {@link StoreDownException} when the store cannot be reached or
 * says that it cannot work now. After one from {@link #create}, whether the object was made is not known.
 */
public interface ObjectStore extends AutoCloseable {
    /**
     * An object as a listing shows it.
     *
     * @param size in bytes
     * @param modified by the store's clock
     */
    record Listed(String name, long size, Instant modified) {}

    /** An upload in parts that was neither finished nor given up. */
    record Unfinished(String name, String id, Instant begun) {}

    /**
     * Makes an object that must not exist; false when there is one of that name. Of any number of callers one wins.
     *
     * @param bytes at least one: not every store takes none
     */
    boolean create(String name, byte[] bytes) throws IOException;

    /** The bytes of a small object; empty when there is none. */
    Optional<byte[]> read(String name) throws IOException;

    /**
     * The bytes of an object from an offset to an end; the caller closes the stream, which may break at any byte.
     *
     * @param end the offset after the last byte, beyond the first
     * @throws java.io.FileNotFoundException when there is no such object
     */
    InputStream read(String name, long offset, long end) throws IOException;

    /** Begins an object under a name that nobody else uses; it is there when the upload is finished. */
    Upload upload(String name);

    /** The objects whose names begin with the prefix, in the order of their names. */
    List<Listed> list(String prefix) throws IOException;

    /** Removes objects; those that are not there are no fault. */
    void delete(List<String> names) throws IOException;

    /** The uploads that nobody has finished. */
    List<Unfinished> unfinished(String prefix) throws IOException;

    /** Gives an unfinished upload up, and frees what it took. */
    void abort(Unfinished upload) throws IOException;

    /** An address that leads a client to the object for a time, if the store can make one. */
    Optional<String> address(String name, java.time.Duration valid);

    @Override
    void close();

    /** An object on its way, in parts. Used by one thread at a time. */
    interface Upload extends AutoCloseable {
        /**
         * Sends the next part; all but the last are of at least 5 MiB.
         *
         * @param size in bytes
         * @param bytes gives them, each time from the first on
         */
        void part(int size, Supplier<InputStream> bytes) throws IOException;

        /** Makes the object, durable when this returns. */
        void finish() throws IOException;

        /** Gives it up unless it was finished. What a failure leaves behind is swept later. */
        @Override
        void close();
    }
}
