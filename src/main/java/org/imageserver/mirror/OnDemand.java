package org.imageserver.mirror;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Provenance;
import org.imageserver.config.Settings;
import org.imageserver.remote.RemoteException;
import org.imageserver.storage.Storage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What sources offer, shown beside what is here, and brought here when somebody asks for it. Thread-safe.
 */
public final class OnDemand implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OnDemand.class);
    private static final Duration SAVED_EVERY = Duration.ofMinutes(1);

    private final Catalogue catalogue;
    private final Brought brought;
    private final Pulls pulls;
    private final List<Offering> offerings = new CopyOnWriteArrayList<>();
    private final Map<Offering, Duration> intervals = new HashMap<>();
    private final Map<Offering, Mirror> followers = new HashMap<>();
    private final Unknown unknown;
    private final Rounds rounds;

    /**
     * Takes up the lists that are kept of the sources with that policy; asks nothing yet.
     *
     * @param mirrors which hold the ways to the sources; to be closed after this
     */
    public OnDemand(Settings settings, Catalogue catalogue, Storage storage, Mirrors mirrors) {
        this.catalogue = catalogue;
        Provenance provenance = catalogue.provenance();
        this.brought = new Brought(storage, InstantSource.system());
        Principal.Account principal = Mirrors.principal(settings);
        Set<String> pinned = new HashSet<>();
        settings.sources().forEach(source -> pinned.addAll(source.pinned()));
        Room room = new Room(
                settings.onDemandBytes(), pinned, catalogue, provenance, principal, brought, this::canBeHadAgain);
        this.pulls = new Pulls(catalogue, offerings, principal, room);
        for (Feed feed : mirrors.feeds()) {
            if (feed.source().policy().isOnDemand()) {
                Carrier carrier = new Carrier(feed, catalogue, provenance, principal);
                Offering offering = new Offering(feed, carrier, catalogue, storage, pulls, this::show);
                offerings.add(offering);
                intervals.put(offering, feed.source().interval());
                if (!feed.source().policy().isScheduled()) {
                    followers.put(offering, new Mirror(feed, catalogue, provenance, principal));
                }
            }
        }
        this.unknown = new Unknown(offerings, InstantSource.system());
        this.rounds = new Rounds("on-demand", offerings.size() + 1);
        offerings.forEach(Offering::load);
    }

    /** Whether there is any such source. */
    public boolean isConfigured() {
        return !offerings.isEmpty();
    }

    /** Begins to ask the sources for their lists, now and then again and again. */
    public void start() {
        if (!isConfigured()) {
            return;
        }
        intervals.forEach((offering, interval) -> rounds.begin(interval, failures -> refresh(offering, failures)));
        rounds.begin(SAVED_EVERY, failures -> {
            save();
            return true;
        });
    }

    private boolean refresh(Offering offering, int failures) {
        try {
            Optional<List<Listed>> news = offering.refresh(failures);
            Mirror follower = followers.get(offering);
            if (news.isPresent() && follower != null) {
                follower.follow(news.get(), follower.state());
            }
            return true;
        } catch (IOException e) {
            LOG.debug("{} cannot be asked", offering.url(), e);
            return false;
        } catch (RuntimeException e) {
            LOG.error("asking {} for its list found a fault in this server", offering.url(), e);
            return false;
        }
    }

    /** The first source that offers an image is the one whose manifest is shown. */
    private synchronized void show() {
        Map<String, Image> all = new HashMap<>();
        offerings.reversed().forEach(offering -> all.putAll(offering.images()));
        Optional<Instant> oldest = offerings.stream()
                .flatMap(offering -> offering.staleSince().stream())
                .min(Instant::compareTo);
        catalogue.offer(all, oldest);
    }

    /**
     * Asks the sources for an image that nobody here knows; afterwards the catalogue shows it if one of them has it.
     * Takes some seconds at most.
     */
    public void lookFor(String uuid) {
        if (catalogue.snapshot().find(uuid).isEmpty()) {
            unknown.lookFor(uuid);
        }
    }

    /** Takes down that an image was downloaded: those that nobody downloads make room first. */
    public void downloaded(String uuid) {
        brought.used(uuid);
    }

    private void save() {
        brought.save(uuid -> catalogue.snapshot().own(uuid).isPresent());
    }

    private boolean canBeHadAgain(String uuid) {
        return offerings.stream()
                .filter(offering -> !offering.isDown())
                .anyMatch(offering -> offering.offers(uuid) || isThere(offering, uuid));
    }

    private static boolean isThere(Offering offering, String uuid) {
        try {
            return offering.upstream().manifest(uuid).isPresent();
        } catch (RemoteException e) {
            LOG.debug("{} cannot be asked for {}", offering.url(), uuid, e);
            return false;
        }
    }

    /** Breaks off what is being fetched; nothing of it is to be seen. */
    @Override
    public void close() {
        rounds.stop();
        pulls.close();
        rounds.close();
        if (isConfigured()) {
            save();
        }
    }
}
