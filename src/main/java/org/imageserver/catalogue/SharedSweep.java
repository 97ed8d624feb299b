package org.imageserver.catalogue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.SweepReport;
import org.imageserver.storage.objects.BucketStorage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what interrupted publishing left in a bucket, one server at a time: first the names that no manifest leads to,
 * then the objects that no name leads to. Used by one thread.
 */
public final class SharedSweep {
    /** How often one of the servers sweeps. */
    public static final Duration EVERY = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(SharedSweep.class);

    private final BucketStorage storage;
    private final LeftoverFiles files;

    /** Prepares sweeps of a bucket; reads nothing yet. */
    public SharedSweep(BucketStorage storage, CatalogueSettings settings) {
        this.storage = storage;
        this.files = new LeftoverFiles(new StoredManifest(
                storage, settings.defaultOwner(), settings.mode().isPublicByDefault()));
    }

    /** Sweeps if no other server does in this hour, and logs it. */
    public void sweepIfDue() {
        try {
            if (storage.takeTurnToSweep(EVERY)) {
                SweepReport swept = sweep(LeftoverSweep.REST, false);
                if (!swept.names().isEmpty()) {
                    LOG.info("swept {} leftovers, {} bytes: {}", swept.names().size(), swept.bytes(), swept.names());
                }
            }
        } catch (IOException | RuntimeException e) {
            // The thread must live on; the store may be back in the next hour.
            LOG.warn("leftovers of interrupted publishing cannot be removed; the next hour tries again", e);
        }
    }

    /**
     * Sweeps.
     *
     * @param rest for how long a leftover must have been there; longer than any upload takes
     * @param isDry whether to tell only what would be removed
     * @throws IOException when the store fails; what was removed before is gone
     */
    public SweepReport sweep(Duration rest, boolean isDry) throws IOException {
        Instant limit = Instant.now().minus(rest);
        List<String> names = new ArrayList<>();
        long bytes = 0;
        for (Map.Entry<String, List<BlobInfo>> entry : directories().entrySet()) {
            String directory = entry.getKey();
            if (files.in(directory, entry.getValue(), limit).isEmpty()) {
                continue;
            }
            List<BlobInfo> removed = storage.decide(() -> sweep(directory, limit, isDry));
            removed.forEach(blob -> names.add(blob.key().value()));
            bytes += removed.stream().mapToLong(BlobInfo::size).sum();
        }
        SweepReport objects = storage.sweep(rest, isDry);
        names.addAll(objects.names());
        return new SweepReport(List.copyOf(names), bytes + objects.bytes());
    }

    private Map<String, List<BlobInfo>> directories() throws IOException {
        Map<String, List<BlobInfo>> directories = new TreeMap<>();
        for (BlobInfo blob : storage.list("")) {
            String directory = blob.key().segments().getFirst();
            if (DirectoryScan.isUuid(directory)) {
                directories
                        .computeIfAbsent(directory, name -> new ArrayList<>())
                        .add(blob);
            }
        }
        return directories;
    }

    private List<BlobInfo> sweep(String directory, Instant limit, boolean isDry) throws IOException {
        List<BlobInfo> leftovers = files.in(directory, storage.list(directory + "/"), limit);
        if (!isDry) {
            for (BlobInfo leftover : leftovers) {
                storage.delete(leftover.key());
            }
        }
        return leftovers;
    }
}
