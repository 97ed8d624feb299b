package org.imageserver.catalogue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.LocalStorage;
import org.imageserver.storage.SweepReport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what a crash left in a directory of images, and nothing that an operator may have put there: files whose
 * bytes were never committed; received files (by the names that only {@link FileReceiver} makes) that no manifest
 * names; icons beside such a file where there is no manifest, which a deletion has left; directories named by a uuid
 * that are empty. Where a manifest or anything else cannot be understood, everything stays.
 *
 * <p>Another process may be publishing into the same directory, so only what has been at rest for long is a leftover.
 * Used by one thread.
 */
public final class LeftoverSweep {
    /** How long a leftover must be at rest before a start removes it: longer than any upload or import pauses. */
    public static final Duration REST = Duration.ofHours(24);

    private static final Logger LOG = LoggerFactory.getLogger(LeftoverSweep.class);

    private final LocalStorage storage;
    private final LeftoverFiles files;

    /** Prepares a sweep of a directory; reads nothing yet. */
    public LeftoverSweep(LocalStorage storage, CatalogueSettings settings) {
        this.storage = storage;
        this.files = new LeftoverFiles(new StoredManifest(
                storage, settings.defaultOwner(), settings.mode().isPublicByDefault()));
    }

    /**
     * What was removed.
     *
     * @param names below the directory of images, sorted within each kind
     * @param bytes their sizes together
     */
    public record Swept(List<String> names, long bytes) {}

    /** Sweeps what is older than {@link #REST} and logs it; a directory that cannot be swept is served all the same. */
    public void sweepOnStart() {
        try {
            Swept swept = sweep(REST);
            if (!swept.names().isEmpty()) {
                LOG.info(
                        "removed {} leftovers of interrupted publishing, {} bytes: {}",
                        swept.names().size(),
                        swept.bytes(),
                        String.join(", ", swept.names()));
            }
        } catch (IOException e) {
            LOG.warn("leftovers of interrupted publishing cannot be removed; the next start tries again", e);
        }
    }

    /**
     * Sweeps.
     *
     * @param olderThan how long a leftover must be at rest
     * @throws IOException when something cannot be read or removed; what was removed before is gone
     */
    public Swept sweep(Duration olderThan) throws IOException {
        SweepReport pending = storage.sweep(olderThan);
        List<String> names = new ArrayList<>(pending.names());
        long bytes = pending.bytes();
        for (BlobInfo leftover : leftoverFiles(Instant.now().minus(olderThan))) {
            if (storage.delete(leftover.key())) {
                names.add(leftover.key().value());
                bytes += leftover.size();
            }
        }
        names.addAll(storage.sweepEmptyDirectories(olderThan, DirectoryScan::isUuid));
        return new Swept(names, bytes);
    }

    /** In the order in which they may go: an icon before the file that shows whose it is. */
    private List<BlobInfo> leftoverFiles(Instant limit) throws IOException {
        List<BlobInfo> leftovers = new ArrayList<>();
        for (String name : storage.namesInRoot()) {
            if (DirectoryScan.isUuid(name)) {
                leftovers.addAll(files.in(name, storage.list(name + "/"), limit));
            }
        }
        return leftovers.isEmpty() ? leftovers : withoutOddities(leftovers);
    }

    /** Where something lies that is not understood, everything stays. */
    private List<BlobInfo> withoutOddities(List<BlobInfo> leftovers) throws IOException {
        Set<String> odd = storage.refused().stream()
                .map(refused -> refused.name().split("/", 2)[0])
                .collect(Collectors.toSet());
        return leftovers.stream()
                .filter(blob -> !odd.contains(blob.key().segments().getFirst()))
                .toList();
    }
}
