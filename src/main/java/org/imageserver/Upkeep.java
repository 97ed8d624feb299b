package org.imageserver;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.CatalogueSettings;
import org.imageserver.catalogue.LeftoverSweep;
import org.imageserver.catalogue.SharedSweep;
import org.imageserver.catalogue.Trash;
import org.imageserver.config.Settings;
import org.imageserver.retention.DailyRetention;
import org.imageserver.retention.Pulls;
import org.imageserver.retention.Retention;
import org.imageserver.statistics.Statistics;
import org.imageserver.storage.LocalStorage;
import org.imageserver.storage.Storage;
import org.imageserver.storage.objects.BucketStorage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done about the storage by itself: what crashes left behind is swept, and the rules of retention are applied. */
public final class Upkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private final Storage storage;
    private final Catalogue catalogue;
    private final CatalogueSettings policies;
    private final Optional<DailyRetention> retention;

    Upkeep(
            Settings settings,
            Storage storage,
            Catalogue catalogue,
            CatalogueSettings policies,
            Supplier<List<String>> sources,
            Statistics statistics) {
        this.storage = storage;
        this.catalogue = catalogue;
        this.policies = policies;
        this.retention = storage instanceof LocalStorage local
                ? Optional.of(new DailyRetention(new Retention(
                        settings,
                        sources,
                        catalogue,
                        new Trash(local, policies),
                        pulls(statistics),
                        InstantSource.system())))
                : Optional.empty();
    }

    /** Begins: in a directory what crashes left behind is swept once, in a bucket by one server at a time. */
    void start() {
        switch (storage) {
            case LocalStorage local ->
                catalogue.lookout().afterStart(() -> {
                    sweep(new Trash(local, policies), new LeftoverSweep(local, policies));
                    // What is on its way to the trash is no leftover.
                    retention.ifPresent(DailyRetention::start);
                });
            case BucketStorage bucket ->
                catalogue.lookout().afterStart(new SharedSweep(bucket, policies)::sweepIfDue, SharedSweep.EVERY);
            default -> throw new IllegalStateException("a storage that nobody sweeps: " + storage);
        }
    }

    /** The trash first: what is half on its way there looks like a leftover. */
    private static void sweep(Trash trash, LeftoverSweep leftovers) {
        try {
            trash.tidy();
            leftovers.sweepOnStart();
        } catch (IOException e) {
            LOG.warn("the trash cannot be put in order; the next start tries again, and sweeps then", e);
        }
    }

    /** What was downloaded when, as it was counted here. */
    public static Pulls pulls(Statistics statistics) {
        return new Pulls() {
            @Override
            public Optional<Instant> since() {
                return statistics.countedSince();
            }

            @Override
            public Optional<Instant> last(String uuid) {
                return statistics.lastDownload(uuid);
            }
        };
    }

    /** Ends with the image that is just going by the rules, and waits for that. Idempotent. */
    @Override
    public void close() {
        retention.ifPresent(DailyRetention::close);
    }
}
