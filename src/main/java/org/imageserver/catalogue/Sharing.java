package org.imageserver.catalogue;

import java.io.IOException;
import java.util.Optional;
import org.imageserver.storage.BlobInfo;

/** Files of several images that are one on the disk, see {@link Dedupe}. Thread-safe. */
final class Sharing {
    private final Catalogue catalogue;
    private final Changes changes;

    Sharing(Catalogue catalogue, Changes changes) {
        this.catalogue = catalogue;
        this.changes = changes;
    }

    /** Those whose file was the very same one on the disk, and damaged with it. */
    void healOthers(BlobInfo damaged, BlobInfo healed) throws IOException {
        for (Image image : catalogue.snapshot().images()) {
            Optional<BlobInfo> file = Part.FILE.of(image);
            if (file.filter(its -> its.version().equals(damaged.version()) && Dedupe.isReceived(its))
                            .isPresent()
                    && share(healed, image.uuid(), file.get())) {
                catalogue.quarantine().release(image.uuid(), Part.FILE);
            }
        }
    }

    /**
     * Stores bytes once that two images have.
     *
     * @param kept which both should have
     * @param uuid of the other image
     * @param replaced its file
     * @return false when something has changed meanwhile
     */
    boolean share(BlobInfo kept, String uuid, BlobInfo replaced) throws IOException {
        return changes.underLock(() -> {
            Snapshot now = catalogue.snapshot();
            String keeper = kept.key().segments().getFirst();
            boolean isCurrent = isFileOf(now, uuid, replaced)
                    && isFileOf(now, keeper, kept)
                    && sha1(now, uuid).isPresent()
                    && sha1(now, uuid).equals(sha1(now, keeper))
                    && catalogue.quarantine().find(keeper, Part.FILE).isEmpty();
            return isCurrent && catalogue.share(kept, replaced);
        });
    }

    private static boolean isFileOf(Snapshot snapshot, String uuid, BlobInfo blob) {
        return snapshot.own(uuid).flatMap(Part.FILE::of).filter(blob::equals).isPresent();
    }

    private static Optional<String> sha1(Snapshot snapshot, String uuid) {
        return snapshot.own(uuid).flatMap(Image::file).flatMap(Image.File::sha1);
    }
}
