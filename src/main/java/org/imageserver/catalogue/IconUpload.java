package org.imageserver.catalogue;

import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An icon on its way in.
 *
 * @param bytes read once
 * @param announced the size in bytes that the sender announced, if it did
 * @param contentType as the sender says
 * @param sha1 that the bytes must have, in hex
 */
public record IconUpload(
        ReadableByteChannel bytes, OptionalLong announced, Optional<String> contentType, Optional<String> sha1) {}
