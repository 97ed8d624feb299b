package org.imageserver.manifest;

import java.util.Optional;
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
        @Nullable String datasetGuid) {

    /**
     * How the name of such a file ends: {@code .zfs}, {@code .zfs.gz} and so on.
     *
     * @param compression as a manifest says it; one that is not known counts as none
     */
    public static String extension(@Nullable String compression) {
        return ".zfs"
                + Optional.ofNullable(compression)
                        .flatMap(Compression::named)
                        .map(Compression::extension)
                        .orElse("");
    }
}
