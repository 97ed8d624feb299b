package org.imageserver;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.CatalogueSettings;
import org.imageserver.catalogue.LeftoverSweep;
import org.imageserver.catalogue.SharedSweep;
import org.imageserver.catalogue.Trash;
import org.imageserver.config.Settings;
import org.imageserver.mirror.Sources;
import org.imageserver.retention.Pulls;
import org.imageserver.retention.Retention;
import org.imageserver.statistics.Statistics;
import org.imageserver.storage.LocalStorage;
import org.imageserver.storage.Storage;
import org.imageserver.storage.objects.BucketStorage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done about the storage by itself, on the thread that looks at it: sweeping, and the rules of retention. */
public final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    /** How often the rules of retention are applied. */
    private static final Duration RETENTION = Duration.ofDays(1);

    private final Settings settings;
    private final Storage storage;
    private final Catalogue catalogue;
    private final CatalogueSettings policies;

    Upkeep(Settings settings, Storage storage, Catalogue catalogue, CatalogueSettings policies) {
        this.settings = settings;
        this.storage = storage;
        this.catalogue = catalogue;
        this.policies = policies;
    }

    /** Begins: in a directory what crashes left behind is swept once, in a bucket by one server at a time. */
    void start(Statistics statistics, Sources sources) {
        switch (storage) {
            case LocalStorage local -> {
                Trash trash = new Trash(local, policies);
                catalogue.lookout().afterStart(() -> sweep(trash, new LeftoverSweep(local, policies)));
                Retention retention = new Retention(
                        settings, sources::urls, catalogue, trash, pulls(statistics), InstantSource.system());
                catalogue.lookout().afterStart(retention::runAndLog, RETENTION);
            }
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
}
