package org.imageserver.mirror;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
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
    private final Storage storage;
    private final Principal.Account principal;
    private final Brought brought;
    private final Pulls pulls;
    private final Unknown unknown;
    private final ReentrantLock showing = new ReentrantLock();
    private final Rounds saving = new Rounds("on-demand-uses", 1);
    private volatile List<Line> lines = List.of();
    private boolean isStarted;

    /**
     * What a source offers, and how that is kept up to date.
     *
     * @param follower lets images follow what they are there; empty where a mirror does so
     */
    private record Line(Feed feed, Offering offering, Optional<Mirror> follower, Rounds rounds) {}

    /**
     * Takes up the lists that are kept of the sources with that policy; asks nothing yet.
     *
     * @param mirrors which hold the ways to the sources, and tell when there are others; to be closed after this
     */
    public OnDemand(Settings settings, Catalogue catalogue, Storage storage, Mirrors mirrors) {
        this.catalogue = catalogue;
        this.storage = storage;
        this.brought = new Brought(storage, InstantSource.system());
        this.principal = Mirrors.principal(settings);
        Room room = new Room(
                settings.onDemandBytes(),
                () -> pinned(mirrors.feeds()),
                catalogue,
                catalogue.provenance(),
                principal,
                brought,
                this::canBeHadAgain);
        this.pulls = new Pulls(catalogue, this::offerings, principal, room);
        this.unknown = new Unknown(this::offerings, InstantSource.system());
        mirrors.follow(this::change);
    }

    private static Set<String> pinned(List<Feed> feeds) {
        return feeds.stream().flatMap(feed -> feed.source().pinned().stream()).collect(Collectors.toSet());
    }

    private List<Offering> offerings() {
        return lines.stream().map(Line::offering).toList();
    }

    /** Shows what these offer from now on; the lists of those that are new are taken up before the others go. */
    private synchronized void change(List<Feed> feeds) {
        List<Line> before = lines;
        List<Line> fresh = new ArrayList<>();
        List<Line> next = new ArrayList<>();
        for (Feed feed : feeds) {
            if (!feed.source().policy().isOnDemand()) {
                continue;
            }
            Optional<Line> known =
                    before.stream().filter(line -> line.feed().equals(feed)).findFirst();
            next.add(known.orElseGet(() -> line(feed)));
            if (known.isEmpty()) {
                next.getLast().offering().load();
                fresh.add(next.getLast());
            }
        }
        List<Line> gone = before.stream().filter(line -> !next.contains(line)).toList();
        lines = List.copyOf(next);
        if (fresh.isEmpty() && gone.isEmpty()) {
            return;
        }
        unknown.forget();
        show();
        gone.forEach(line -> line.rounds().close());
        if (isStarted) {
            fresh.forEach(this::begin);
        }
    }

    private Line line(Feed feed) {
        Provenance provenance = catalogue.provenance();
        Carrier carrier = new Carrier(feed, catalogue, provenance, principal);
        return new Line(
                feed,
                new Offering(feed, carrier, catalogue, storage, pulls, this::show),
                feed.source().policy().isScheduled()
                        ? Optional.empty()
                        : Optional.of(new Mirror(feed, catalogue, provenance, principal)),
                new Rounds("on-demand", 1));
    }

    /** Whether there is any such source. */
    public boolean isConfigured() {
        return !lines.isEmpty();
    }

    /** Begins to ask the sources for their lists, now and then again and again. */
    public synchronized void start() {
        isStarted = true;
        lines.forEach(this::begin);
        saving.begin(SAVED_EVERY, failures -> {
            save();
            return true;
        });
    }

    private void begin(Line line) {
        line.rounds().begin(line.feed().source().interval(), failures -> refresh(line, failures));
    }

    private boolean refresh(Line line, int failures) {
        Offering offering = line.offering();
        try {
            Optional<List<Listed>> news = offering.refresh(failures);
            if (news.isPresent() && line.follower().isPresent()) {
                Mirror follower = line.follower().get();
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
    private void show() {
        showing.lock();
        try {
            showAll();
        } finally {
            showing.unlock();
        }
    }

    private void showAll() {
        List<Offering> offerings = offerings();
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
        return offerings().stream()
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
        saving.stop();
        List<Line> last = end();
        last.forEach(line -> line.rounds().stop());
        pulls.close();
        last.forEach(line -> line.rounds().close());
        saving.close();
        save();
    }

    private synchronized List<Line> end() {
        isStarted = false;
        return lines;
    }
}
