package org.imageserver.catalogue;

import java.util.Optional;
import org.imageserver.storage.BlobInfo;

/**
 * A file that is complete, durable and verified, but that no manifest names yet.
 *
 * @param blob where it is
 * @param sha1 in hex
 * @param sha256 in hex
 * @param compression as its bytes show it
 * @param stream what the ZFS stream in it holds; empty for images that are no streams
 */
record ReceivedFile(BlobInfo blob, String sha1, String sha256, String compression, Optional<StreamSummary> stream) {}
