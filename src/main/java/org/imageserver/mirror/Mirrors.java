package org.imageserver.mirror;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Role;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Provenance;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.Source;
import org.imageserver.remote.Fetcher;
import org.imageserver.remote.Limits;
import org.imageserver.remote.RemoteException;
import org.imageserver.signing.VerificationKey;
import org.imageserver.tls.Trusted;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The mirrors of all sources of a configuration, and their schedule. Thread-safe. */
public final class Mirrors implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Mirrors.class);
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final List<Feed> feeds = new ArrayList<>();
    private final List<Mirror> mirrors = new ArrayList<>();
    private final List<Fetcher> fetchers = new ArrayList<>();
    private final Catalogue catalogue;
    private final Principal.Account principal;
    private final Provenance provenance;
    private final Rounds rounds;

    /**
     * Makes the mirrors; asks nothing yet.
     *
     * @throws IOException when a file of authorities cannot be read, or a key that is trusted is none
     */
    public Mirrors(Settings settings, Catalogue catalogue, Provenance provenance) throws IOException {
        this(settings, settings.sources(), catalogue, provenance);
    }

    /** The same with other sources than those of the configuration. */
    public Mirrors(Settings settings, List<Source> sources, Catalogue catalogue, Provenance provenance)
            throws IOException {
        this.principal = principal(settings);
        this.catalogue = catalogue;
        this.provenance = provenance;
        for (Source source : sources) {
            Optional<VerificationKey> trusted = SignedAnswers.trusted(source);
            Fetcher fetcher = new Fetcher(
                    new Limits(true, CONNECT, settings.idle()), EnvironmentProxy.selector(), trusted(source));
            fetchers.add(fetcher);
            Feed feed = new Feed(
                    source,
                    new Upstream(source, fetcher, settings.creator().uuid(), trusted),
                    new Throttle(source.bytesPerSecond(), System::nanoTime),
                    new SourceState(source));
            feeds.add(feed);
            if (source.policy().isScheduled()) {
                mirrors.add(new Mirror(feed, catalogue, provenance, principal));
            }
        }
        rounds = new Rounds("mirror", mirrors.size());
    }

    /** In whose name images are published and changed that come from sources. */
    static Principal.Account principal(Settings settings) {
        return new Principal.Account("mirror", settings.creator().uuid(), Role.ADMIN);
    }

    /** The mirrors that have a schedule, in the order of the configuration. */
    public List<Mirror> all() {
        return List.copyOf(mirrors);
    }

    /** All sources, in the order of the configuration. */
    List<Feed> feeds() {
        return List.copyOf(feeds);
    }

    /** How it stands with each source, as the API shows it. */
    public List<ObjectNode> states() {
        return feeds.stream().map(feed -> feed.state().json()).toList();
    }

    private static Optional<SSLContext> trusted(Source source) throws IOException {
        return source.caFile().isPresent()
                ? Optional.of(Trusted.by(source.caFile().get()))
                : Optional.empty();
    }

    /**
     * Brings the file of a damaged image again from the source that it came from.
     *
     * @return whether it is here; false also when it is this site's own
     */
    public boolean heal(String uuid) {
        Optional<Provenance.Origin> origin = provenance.of(uuid);
        for (Feed feed : feeds) {
            if (origin.filter(its -> its.source().equals(feed.source().url())).isPresent()) {
                return heal(feed, uuid);
            }
        }
        return false;
    }

    private boolean heal(Feed feed, String uuid) {
        try {
            new Carrier(feed, catalogue, provenance, principal).heal(uuid);
            return true;
        } catch (IOException | ImageException e) {
            LOG.warn(
                    "image {} cannot be mended from {}: {}", uuid, feed.source().url(), e.getMessage());
            return false;
        }
    }

    /** Begins to look at every source, now and then again and again. */
    public void start() {
        mirrors.forEach(mirror -> rounds.begin(mirror.source().interval(), failures -> look(mirror, failures)));
    }

    private boolean look(Mirror mirror, int failures) {
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
            state.refused(e.getMessage() == null ? e.toString() : e.getMessage());
            if (failures == 0) {
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
    public void close() {
        rounds.stop();
        fetchers.forEach(Fetcher::close);
        rounds.close();
    }
}
