package org.imageserver.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Role;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mends a damaged file by bytes that this server has elsewhere: by its own copy of what lies in a bucket, or by the file of
 * another image that should be the same. They are received like any others, so nothing but the right bytes is taken.
 * Thread-safe.
 */
final class OtherCopies implements Scrub.Healer {
    private static final Logger LOG = LoggerFactory.getLogger(OtherCopies.class);

    private final Storage storage;
    private final Catalogue catalogue;
    private final Principal.Account principal;

    OtherCopies(Storage storage, Catalogue catalogue, String owner) {
        this.storage = storage;
        this.catalogue = catalogue;
        this.principal = new Principal.Account("scrub", owner, Role.ADMIN);
    }

    @Override
    public boolean heal(String uuid) {
        Optional<BlobInfo> damaged = catalogue.snapshot().own(uuid).flatMap(Part.FILE::of);
        return damaged.isPresent() && heal(uuid, damaged.get());
    }

    private boolean heal(String uuid, BlobInfo damaged) {
        try {
            List<BlobInfo> candidates = new ArrayList<>(storage.isShared() ? List.of(damaged) : List.of());
            candidates.addAll(twins(uuid, damaged));
            for (BlobInfo candidate : candidates) {
                if (heal(uuid, candidate, candidate.equals(damaged))) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            LOG.warn("whether image {} can be mended by bytes that are here cannot be found out", uuid, e);
            return false;
        }
    }

    /** Files of other images that are not known to be damaged, and are not the very same bytes on the disk. */
    private List<BlobInfo> twins(String uuid, BlobInfo damaged) throws IOException {
        Optional<String> right = catalogue.quarantine().right(uuid);
        return catalogue.snapshot().images().stream()
                .filter(image -> !image.isOffered()
                        && right.isPresent()
                        && right.equals(image.file().flatMap(Image.File::sha1))
                        && catalogue.quarantine().find(image.uuid(), Part.FILE).isEmpty())
                .flatMap(image -> Part.FILE.of(image).stream())
                .filter(blob -> !blob.version().equals(damaged.version()))
                .toList();
    }

    private boolean heal(String uuid, BlobInfo from, boolean isCopyOnly) {
        try (StoredBlob blob = storage.open(from.key())) {
            // What is not on the local disk is the damaged object itself.
            if (isCopyOnly && blob.fileChannel().isEmpty()) {
                return false;
            }
            try (InputStream bytes = blob.stream(0, Long.MAX_VALUE)) {
                FileUpload upload = new FileUpload(
                        Channels.newChannel(bytes),
                        OptionalLong.of(from.size()),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
                catalogue.publisher().addFile(Target.of(principal, uuid), upload);
            }
            LOG.info("the file of image {} was mended by {}", uuid, isCopyOnly ? "this server's copy" : from.key());
            return true;
        } catch (IOException | ImageException e) {
            LOG.warn("image {} cannot be mended by the bytes of {}: {}", uuid, from.key(), e.getMessage());
            return false;
        }
    }
}
