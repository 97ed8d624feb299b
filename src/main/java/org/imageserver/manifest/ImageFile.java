package org.imageserver.manifest;

import org.jspecify.annotations.Nullable;

/**
 * What a manifest says of its file.
 *
 * @param sha1 40 lower-case hex digits, or null when not known
 * @param size bytes, or null when not known
 * @param compression none, gzip, bzip2, xz or zstd, or null when not said
 * @param datasetGuid the ZFS guid of the snapshot in decimal digits, or null; a string because a guid exceeds what
 *     JavaScript's numbers hold
 */
public record ImageFile(
        @Nullable String sha1,
        @Nullable Long size,
        @Nullable String compression,
        @Nullable String datasetGuid) {}
