package org.imageserver.mirror;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Offer;
import org.imageserver.remote.RemoteException;
import org.imageserver.storage.Storage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one source offers: of its list what is wanted, kept in memory and, as a whole, on the disk; and what was asked for
 * by uuid since. While the source is down its last list stands. {@link #load} and {@link #refresh} are called by one
 * thread at a time; the others are thread-safe.
 */
final class Offering {
    private static final Logger LOG = LoggerFactory.getLogger(Offering.class);

    /** So many are remembered that the list does not show. */
    private static final int MOST_FOUND = 1000;

    private static final Duration REST = Duration.ofSeconds(5);

    private final Feed feed;
    private final Carrier carrier;
    private final Catalogue catalogue;
    private final Offer offer;
    private final Choice choice;
    private final OfferList list;
    private final Runnable changed;
    private final Map<String, Image> found = new HashMap<>();
    private Map<String, Image> listed = Map.of();
    private Optional<String> etag = Optional.empty();
    private Optional<Instant> asked = Optional.empty();
    private boolean isDown;
    private Instant lastFailure = Instant.EPOCH;

    /**
     * Makes an offering that is empty until it is loaded or refreshed.
     *
     * @param offer how its files are had
     * @param changed is told when it offers something else; called without a lock
     */
    Offering(Feed feed, Carrier carrier, Catalogue catalogue, Storage storage, Offer offer, Runnable changed) {
        this.feed = feed;
        this.carrier = carrier;
        this.catalogue = catalogue;
        this.offer = offer;
        this.choice = new Choice(feed.source());
        this.list = new OfferList(storage, feed.source());
        this.changed = () -> {
            tell();
            changed.run();
        };
    }

    private void tell() {
        int offered = images().size();
        synchronized (this) {
            feed.state().offers(offered, asked, isDown);
        }
    }

    SourceState state() {
        return feed.state();
    }

    String url() {
        return feed.source().url();
    }

    Upstream upstream() {
        return feed.upstream();
    }

    Carrier carrier() {
        return carrier;
    }

    /** Everything that it offers, by uuid. */
    synchronized Map<String, Image> images() {
        Map<String, Image> all = new HashMap<>(found);
        all.putAll(listed);
        return all;
    }

    synchronized boolean offers(String uuid) {
        return listed.containsKey(uuid) || found.containsKey(uuid);
    }

    /** Whether asking is worth a try: a source that is down is given some seconds of rest. */
    synchronized boolean mayBeAsked() {
        return lastFailure.plus(REST).isBefore(Instant.now());
    }

    /** Whether the source could not be asked for its list the last time. */
    synchronized boolean isDown() {
        return isDown;
    }

    /** Of which time its list is, when that is not now. */
    synchronized Optional<Instant> staleSince() {
        return isDown ? asked : Optional.empty();
    }

    /** Takes up the list that is on the disk; nobody is told. */
    void load() {
        try {
            Optional<OfferList.Known> known = list.read();
            if (known.isPresent()) {
                Map<String, Image> chosen = chosen(known.get().images());
                synchronized (this) {
                    listed = chosen;
                    etag = known.get().etag();
                    asked = Optional.of(known.get().asked());
                    // Nobody knows yet.
                    isDown = true;
                }
                tell();
            }
        } catch (IOException e) {
            LOG.warn("the list of {} that was kept cannot be read; it is asked for again: {}", url(), e.getMessage());
        }
    }

    /**
     * Asks the source for its list.
     *
     * @param failures how often in a row that has failed
     * @return what it shows now, if that is something new
     * @throws IOException when it cannot be asked; what it offered stands
     */
    Optional<List<Listed>> refresh(int failures) throws IOException {
        try {
            Optional<Upstream.Catalogue> there = list.update(feed.upstream(), knownTag());
            Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
            if (there.isPresent()) {
                Map<String, Image> chosen = chosen(there.get().images());
                take(chosen, there.get().etag());
            }
            list.confirmed(now);
            came(now);
            changed.run();
            return there.map(Upstream.Catalogue::images);
        } catch (IOException e) {
            failed(failures, e);
            changed.run();
            throw e;
        }
    }

    private synchronized Optional<String> knownTag() {
        return etag;
    }

    private synchronized void take(Map<String, Image> chosen, Optional<String> tag) {
        listed = chosen;
        etag = tag;
        found.clear();
    }

    private synchronized void came(Instant now) {
        if (isDown && asked.isPresent()) {
            LOG.info("{} can be asked again", url());
        }
        isDown = false;
        lastFailure = Instant.EPOCH;
        asked = Optional.of(now);
        feed.state().answered();
    }

    private synchronized void failed(int failures, IOException e) {
        isDown = true;
        lastFailure = Instant.now();
        feed.state().refused(String.valueOf(e.getMessage()));
        if (failures == 0 && !feed.isClosed()) {
            LOG.warn(
                    "{} cannot be asked for its list; {}: {}",
                    url(),
                    asked.map(Offering::described).orElse("nothing of it is offered until it can"),
                    e.getMessage());
        }
    }

    private static String described(Instant time) {
        return "the one of " + time + ", "
                + Duration.between(time, Instant.now()).toMinutes() + " minutes old, is shown until it can";
    }

    /** In a second pass over the disk; an image that is as it was is the same object. */
    private Map<String, Image> chosen(List<Listed> all) throws IOException {
        Set<String> wanted = choice.of(all).stream().map(Listed::uuid).collect(Collectors.toCollection(HashSet::new));
        Map<String, Image> before = images();
        Map<String, Image> chosen = HashMap.newHashMap(wanted.size());
        Refusals refusals = new Refusals();
        list.forEach(manifest -> {
            if (wanted.contains(manifest.path("uuid").asText())) {
                read(manifest, before, refusals).ifPresent(image -> chosen.put(image.uuid(), image));
            }
        });
        refusals.log(url());
        return chosen;
    }

    private Optional<Image> read(ObjectNode manifest, Map<String, Image> before, Refusals refusals) {
        try {
            Image image = catalogue.offered(manifest, offer);
            Image known = before.get(image.uuid());
            return Optional.of(
                    known != null && known.json().etag().equals(image.json().etag()) ? known : image);
        } catch (ImageException.Refused e) {
            refusals.add(e.getMessage());
            return Optional.empty();
        }
    }

    /** Images that are not offered, since they could not be brought here. */
    private static final class Refusals {
        private int count;
        private String first = "";

        void add(String reason) {
            first = count == 0 ? reason : first;
            count++;
        }

        void log(String url) {
            if (count > 0) {
                LOG.warn(
                        "{}: {} images are not offered, since they could not be imported; the first: {}",
                        url,
                        count,
                        first);
            }
        }
    }

    /** Takes up that an image is another one by now. */
    void changed(Image now) {
        synchronized (this) {
            found.remove(now.uuid());
            Map<String, Image> more = new HashMap<>(listed);
            more.put(now.uuid(), now);
            listed = more;
            // The list must be read again, or the next one would not tell of it.
            etag = Optional.empty();
        }
        changed.run();
    }

    /**
     * Asks for an image that the list does not show: it may be newer than the list, or not among the newest that are
     * wanted. What it builds on comes along.
     *
     * @return whether it is offered now
     */
    boolean find(String uuid) throws RemoteException {
        Map<String, Image> chain = new HashMap<>();
        Optional<String> next = Optional.of(uuid);
        while (next.isPresent()
                && !chain.containsKey(next.get())
                && !offers(next.get())
                && chain.size() < Mirror.MAX_ORIGINS) {
            Optional<Image> image = ask(next.get(), chain.isEmpty());
            if (image.isEmpty()) {
                break;
            }
            chain.put(image.get().uuid(), image.get());
            next = image.get().origin();
        }
        if (chain.isEmpty()) {
            return false;
        }
        synchronized (this) {
            if (found.size() + chain.size() > MOST_FOUND) {
                found.clear();
            }
            found.putAll(chain);
        }
        changed.run();
        return true;
    }

    private Optional<Image> ask(String uuid, boolean mustBeWanted) throws RemoteException {
        Optional<ObjectNode> manifest = manifest(uuid);
        Optional<Listed> listing = manifest.flatMap(Listed::of)
                .filter(image -> image.uuid().equals(uuid))
                .filter(image -> !mustBeWanted || choice.isWanted(image));
        return listing.isEmpty() ? Optional.empty() : manifest.flatMap(its -> read(its, Map.of(), new Refusals()));
    }

    private Optional<ObjectNode> manifest(String uuid) throws RemoteException {
        try {
            return feed.upstream().manifest(uuid);
        } catch (RemoteException e) {
            synchronized (this) {
                lastFailure = Instant.now();
            }
            throw e;
        }
    }
}
