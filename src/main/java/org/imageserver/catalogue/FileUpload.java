package org.imageserver.catalogue;

import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The bytes of a file on their way in, and what their sender says of them.
 *
 * @param bytes read once, to the end; an {@link java.io.IOException} from it means that the sender broke off, and a
 *     read of nothing that the sender rests and may go on much later
 * @param announced the size in bytes that the sender announced, if it did
 * @param compression gzip, bzip2, xz or none; empty: find out from the bytes
 * @param sha1 that the bytes must have, in hex as the sender wrote it
 * @param datasetGuid of the snapshot in it, in decimal digits, as the sender says
 * @param kept the name under which what has come outlives the process, and which some of it may be kept under already
 *     ({@link UnfinishedUploads}); empty: nothing is kept
 */
public record FileUpload(
        ReadableByteChannel bytes,
        OptionalLong announced,
        Optional<String> compression,
        Optional<String> sha1,
        Optional<String> datasetGuid,
        Optional<String> kept) {

    /** A file of which nothing is kept before it is complete. */
    public FileUpload(
            ReadableByteChannel bytes,
            OptionalLong announced,
            Optional<String> compression,
            Optional<String> sha1,
            Optional<String> datasetGuid) {
        this(bytes, announced, compression, sha1, datasetGuid, Optional.empty());
    }

    /** The same, kept under a name. */
    public FileUpload keptAs(String name) {
        return new FileUpload(bytes, announced, compression, sha1, datasetGuid, Optional.of(name));
    }
}
