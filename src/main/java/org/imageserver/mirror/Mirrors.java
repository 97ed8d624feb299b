package org.imageserver.mirror;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Role;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Provenance;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.Source;
import org.imageserver.remote.RemoteException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sources that there are now, and the mirrors of those that have a schedule. The set never changes; another one takes
 * its place in one step, in which what is the same source goes on as if nothing had happened. Thread-safe.
 */
public final class Mirrors implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Mirrors.class);

    private final Settings settings;
    private final Catalogue catalogue;
    private final Principal.Account principal;
    private final Provenance provenance;
    private volatile List<Line> lines = List.of();
    private Consumer<List<Feed>> follower = feeds -> {};
    private boolean isStarted;
    private boolean isClosed;

    /** A source and its schedule, which end together. */
    private record Line(Feed feed, Optional<Mirror> mirror, Rounds rounds) {}

    /**
     * Makes the mirrors; asks nothing yet.
     *
     * @throws IOException when a file of authorities cannot be read, or a key that is trusted is none
     */
    public Mirrors(Settings settings, Catalogue catalogue, Provenance provenance) throws IOException {
        this(settings, settings.allSources(), catalogue, provenance);
    }

    /** The same with other sources than those of the configuration. */
    public Mirrors(Settings settings, List<Source> sources, Catalogue catalogue, Provenance provenance)
            throws IOException {
        this.settings = settings;
        this.principal = principal(settings);
        this.catalogue = catalogue;
        this.provenance = provenance;
        change(sources);
    }

    /** In whose name images are published and changed that come from sources. */
    static Principal.Account principal(Settings settings) {
        return new Principal.Account("mirror", settings.creator().uuid(), Role.ADMIN);
    }

    /**
     * Has these sources from now on. What runs for one that is the same goes on; what runs for one that is gone, or is
     * another one now, is broken off and has ended when this returns. That may take some seconds.
     *
     * @throws IOException when a file of authorities cannot be read, or a key that is trusted is none; nothing is changed
     */
    public synchronized void change(List<Source> sources) throws IOException {
        List<Line> before = lines;
        List<Line> fresh = new ArrayList<>();
        List<Line> next = new ArrayList<>();
        for (Source source : sources.stream().distinct().toList()) {
            Optional<Line> known = before.stream()
                    .filter(line -> line.feed().source().equals(source))
                    .findFirst();
            next.add(known.isPresent() ? known.get() : open(source));
            if (known.isEmpty()) {
                fresh.add(next.getLast());
            }
        }
        List<Line> gone = before.stream().filter(line -> !next.contains(line)).toList();
        lines = List.copyOf(next);
        gone.forEach(line -> {
            line.rounds().stop();
            line.feed().close();
        });
        follower.accept(feeds());
        gone.forEach(line -> line.rounds().close());
        if (isStarted && !isClosed) {
            fresh.forEach(this::begin);
        }
    }

    private Line open(Source source) throws IOException {
        Feed feed = Feed.open(source, settings);
        Optional<Mirror> mirror = source.policy().isScheduled()
                ? Optional.of(new Mirror(feed, catalogue, provenance, principal))
                : Optional.empty();
        return new Line(feed, mirror, new Rounds("mirror", 1));
    }

    /** Tells somebody which sources there are, now and whenever they are others. */
    synchronized void follow(Consumer<List<Feed>> whoever) {
        follower = whoever;
        whoever.accept(feeds());
    }

    /** The mirrors that have a schedule, in the order of the configuration. */
    public List<Mirror> all() {
        return lines.stream().flatMap(line -> line.mirror().stream()).toList();
    }

    /** All sources, in the order of the configuration. */
    List<Feed> feeds() {
        return lines.stream().map(Line::feed).toList();
    }

    /** How it stands with each source, as the API shows it. */
    public List<ObjectNode> states() {
        return feeds().stream().map(feed -> feed.state().json()).toList();
    }

    /**
     * Looks what a source would bring, which need not be one of those that there are.
     *
     * @throws RemoteException when it cannot be asked
     * @throws IOException when its file of authorities cannot be read, or the key that it trusts is none
     */
    public Plan rehearse(Source source) throws IOException {
        try (Feed feed = Feed.open(source, settings)) {
            return new Mirror(feed, catalogue, provenance, principal).plan();
        }
    }

    /**
     * Brings the file of a damaged image again: from the source that it came from, else, if everyone may see it, from any
     * that has it, too. Nobody else is told that there is such an image.
     *
     * @return whether it is here; false also when no source has it
     */
    public boolean heal(String uuid) {
        Optional<String> origin = provenance.of(uuid).map(Provenance.Origin::source);
        boolean isPublic = catalogue
                .snapshot()
                .own(uuid)
                .filter(image -> image.isVisibleTo(new Principal.Anonymous()))
                .isPresent();
        Predicate<Feed> isFromThere =
                feed -> origin.equals(Optional.of(feed.source().url()));
        return feeds().stream()
                .filter(feed -> isPublic || isFromThere.test(feed))
                .sorted(Comparator.comparing(isFromThere::test, Comparator.reverseOrder()))
                .anyMatch(feed -> heal(feed, uuid));
    }

    private boolean heal(Feed feed, String uuid) {
        try {
            if (!isThere(feed, uuid)) {
                return false;
            }
            new Carrier(feed, catalogue, provenance, principal).heal(uuid);
            LOG.info(
                    "the file of image {} was brought again from {}",
                    uuid,
                    feed.source().url());
            return true;
        } catch (IOException | ImageException e) {
            LOG.warn(
                    "image {} cannot be mended from {}: {}", uuid, feed.source().url(), e.getMessage());
            return false;
        }
    }

    /** Asked first, since it is answered at once, and a file that does not come is asked for again and again. */
    private boolean isThere(Feed feed, String uuid) throws RemoteException {
        Optional<String> ours =
                catalogue.snapshot().own(uuid).flatMap(Image::file).flatMap(Image.File::sha1);
        return feed.upstream()
                .manifest(uuid)
                .map(manifest -> manifest.at("/files/0/sha1").asText())
                .filter(theirs -> ours.isEmpty() || ours.get().equals(theirs))
                .isPresent();
    }

    /** Begins to look at every source, now and then again and again. */
    public synchronized void start() {
        isStarted = true;
        lines.forEach(this::begin);
    }

    private void begin(Line line) {
        line.mirror()
                .ifPresent(mirror -> line.rounds()
                        .begin(mirror.source().interval(), failures -> look(line.feed(), mirror, failures)));
    }

    private boolean look(Feed feed, Mirror mirror, int failures) {
        SourceState state = mirror.state();
        try {
            Plan plan = mirror.plan();
            state.looked(plan);
            if (plan.missing().size() + plan.changed().size() + plan.gone().size() > 0) {
                LOG.info(
                        "{}: {} images to bring, {} bytes; {} changed, {} gone there",
                        mirror.source().url(),
                        plan.missing().size(),
                        plan.bytes(),
                        plan.changed().size(),
                        plan.gone().size());
            }
            return mirror.run(plan, state);
        } catch (RemoteException e) {
            state.refused(e.getMessage());
            if (failures == 0 && !feed.isClosed()) {
                LOG.warn("{} cannot be asked; trying again: {}", mirror.source().url(), e.getMessage());
            }
            return false;
        } catch (RuntimeException e) {
            LOG.error(
                    "mirroring {} found a fault in this server", mirror.source().url(), e);
            return false;
        }
    }

    /** Breaks off what is being fetched; nothing of it is to be seen. */
    @Override
    public synchronized void close() {
        isClosed = true;
        lines.forEach(line -> {
            line.rounds().stop();
            line.feed().close();
        });
        lines.forEach(line -> line.rounds().close());
    }
}
