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
 */
public record FileUpload(
        ReadableByteChannel bytes,
        OptionalLong announced,
        Optional<String> compression,
        Optional<String> sha1,
        Optional<String> datasetGuid) {}
