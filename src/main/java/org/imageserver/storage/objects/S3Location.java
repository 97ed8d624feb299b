package org.imageserver.storage.objects;

import java.net.URI;
import java.util.Optional;

/**
 * Where the objects are.
 *
 * @param endpoint of the store; absent for Amazon's own
 * @param bucket that must exist
 * @param prefix of all names, empty or ending in a slash
 * @param region as the store knows it
 * @param isPathStyle whether the bucket stands in the path, not in the host: what most stores but Amazon's want
 */
public record S3Location(Optional<URI> endpoint, String bucket, String prefix, String region, boolean isPathStyle) {
    /** The address as people write it. */
    @Override
    public String toString() {
        return "s3://" + bucket + "/" + prefix
                + endpoint.map(uri -> " at " + uri).orElse("");
    }
}
