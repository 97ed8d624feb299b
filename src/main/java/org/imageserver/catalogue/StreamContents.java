package org.imageserver.catalogue;

import org.imageserver.zfs.Features;
import org.imageserver.zfs.Guid;

/**
 * What the stream in an image's file holds.
 *
 * @param snapshot "pool/dataset@snapshot" where it was sent from
 * @param guid of the snapshot
 * @param fromguid the snapshot that must be there first, or {@link Guid#NONE}
 * @param features that a receiver must know
 * @param bytes of the inflated stream
 * @param volumeBytes of the volume; zero when it is none, or where the stream does not tell
 */
public record StreamContents(
        String snapshot, Guid guid, Guid fromguid, Features features, long bytes, long volumeBytes) {
    /** Whether its origin must be there first. */
    public boolean isIncremental() {
        return !fromguid.equals(Guid.NONE);
    }
}
