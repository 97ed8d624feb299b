package org.imageserver.mirror;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.imageserver.catalogue.ImageException;
import org.imageserver.remote.RemoteException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks sources for images that no list shows. Anybody can ask for any uuid, so it is done for few at a time, and what no
 * source has is not asked for again for a while. Thread-safe.
 */
final class Unknown {
    private static final Logger LOG = LoggerFactory.getLogger(Unknown.class);
    private static final Duration REMEMBERED = Duration.ofMinutes(1);
    private static final int MOST_REMEMBERED = 10_000;
    private static final int AT_A_TIME = 4;

    /** They hold threads that others want. */
    private static final int MOST_WAITING = 4;

    private static final long PATIENCE_SECONDS = 2;

    private final Supplier<List<Offering>> sources;
    private final InstantSource clock;
    private final Semaphore room = new Semaphore(AT_A_TIME + MOST_WAITING);
    private final Semaphore asking = new Semaphore(AT_A_TIME);
    private final Map<String, Instant> missing = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    Unknown(Supplier<List<Offering>> sources, InstantSource clock) {
        this.sources = sources;
        this.clock = clock;
    }

    /**
     * Asks for an image; it is offered afterwards if a source has it.
     *
     * @throws ImageException.FileUnavailable when too many others are being asked for
     */
    void lookFor(String uuid) {
        if (isKnownMissing(uuid)) {
            return;
        }
        if (!room.tryAcquire()) {
            throw tooMany();
        }
        try {
            if (!asking.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw tooMany();
            }
            try {
                ask(uuid);
            } finally {
                asking.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw tooMany();
        } finally {
            room.release();
        }
    }

    /** Forgets what is missing: there are other sources by now. */
    synchronized void forget() {
        missing.clear();
    }

    private static ImageException tooMany() {
        return new ImageException.FileUnavailable(
                "the sources are being asked for too many unknown images; try again in a moment");
    }

    private synchronized boolean isKnownMissing(String uuid) {
        Instant since = missing.get(uuid);
        return since != null && since.plus(REMEMBERED).isAfter(clock.instant());
    }

    private void ask(String uuid) {
        if (isKnownMissing(uuid)) {
            return;
        }
        boolean isSure = true;
        for (Offering source : sources.get()) {
            try {
                isSure &= source.mayBeAsked();
                if (source.offers(uuid) || (source.mayBeAsked() && source.find(uuid))) {
                    return;
                }
            } catch (RemoteException e) {
                isSure = false;
                LOG.info("{} cannot be asked for {}: {}", source.url(), uuid, e.getMessage());
            }
        }
        if (!isSure) {
            return;
        }
        synchronized (this) {
            missing.remove(uuid);
            missing.put(uuid, clock.instant());
        }
    }
}
