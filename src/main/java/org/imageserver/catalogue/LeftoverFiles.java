package org.imageserver.catalogue;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.imageserver.manifest.InvalidManifestException;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.NoSuchBlobException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which blobs interrupted publishing has left: received files (by the names that only {@link FileReceiver} makes)
 * that no manifest names, and icons beside such a file where there is no manifest. Thread-safe.
 */
final class LeftoverFiles {
    private static final Logger LOG = LoggerFactory.getLogger(LeftoverFiles.class);

    private final StoredManifest manifests;

    LeftoverFiles(StoredManifest manifests) {
        this.manifests = manifests;
    }

    /**
     * Those of one directory, in the order in which they may go: an icon before the file that shows whose it is.
     *
     * @param blobs all that is in the directory
     * @param limit only what is older
     */
    List<BlobInfo> in(String uuid, List<BlobInfo> blobs, Instant limit) throws IOException {
        if (receivedFiles(blobs, limit).findAny().isEmpty()) {
            return List.of();
        }
        try {
            String named = FileReceiver.fileName(manifests.read(uuid));
            return receivedFiles(blobs, limit)
                    .filter(blob -> !nameOf(blob).equals(named))
                    .toList();
        } catch (NoSuchBlobException e) {
            List<BlobInfo> files = receivedFiles(blobs, limit).toList();
            Stream<BlobInfo> icons = blobs.stream()
                    .filter(blob -> !files.isEmpty() && Icons.isIconName(nameOf(blob)) && isOlder(blob, limit));
            return Stream.concat(icons, files.stream()).toList();
        } catch (InvalidManifestException e) {
            LOG.debug("{} is left as it is: {}", uuid, e.getMessage());
            return List.of();
        }
    }

    private static Stream<BlobInfo> receivedFiles(List<BlobInfo> blobs, Instant limit) {
        return blobs.stream().filter(blob -> isReceived(blob) && isOlder(blob, limit));
    }

    private static boolean isReceived(BlobInfo blob) {
        return FileReceiver.isReceivedName(nameOf(blob));
    }

    private static String nameOf(BlobInfo blob) {
        return blob.key().segments().getLast();
    }

    private static boolean isOlder(BlobInfo blob, Instant limit) {
        return blob.modified().isBefore(limit);
    }
}
