package org.imageserver.catalogue;

import java.util.List;

/**
 * What the stream in an image's file holds.
 *
 * @param snapshot "pool/dataset@snapshot" where it was sent from
 * @param guid of the snapshot, in decimal digits, as manifests have it
 * @param fromguid of the snapshot that must be there first; empty when it is complete in itself
 * @param features that a receiver must know, by their names
 * @param bytes of the inflated stream
 * @param volumeBytes of the volume; zero when it is none, or where the stream does not tell
 */
public record StreamContents(
        String snapshot, String guid, String fromguid, List<String> features, long bytes, long volumeBytes) {
    public StreamContents {
        features = List.copyOf(features);
    }

    /** Whether its origin must be there first. */
    public boolean isIncremental() {
        return !fromguid.isEmpty();
    }
}
