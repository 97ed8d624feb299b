package org.imageserver;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.imageserver.acme.AcmeCertificate;
import org.imageserver.auth.AuthorizedKeys;
import org.imageserver.auth.SignIn;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.CatalogueSettings;
import org.imageserver.catalogue.Dedupe;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Scrub;
import org.imageserver.config.ConfigException;
import org.imageserver.config.ListenAddress;
import org.imageserver.config.Settings;
import org.imageserver.http.CatchUp;
import org.imageserver.http.ClientLimits;
import org.imageserver.http.HttpServer;
import org.imageserver.http.Route;
import org.imageserver.http.RouteTable;
import org.imageserver.http.dsapi.DsapiRoutes;
import org.imageserver.http.health.ChallengeRoute;
import org.imageserver.http.health.HealthRoutes;
import org.imageserver.http.imgapi.ImgapiPublishing;
import org.imageserver.http.imgapi.ImgapiRoutes;
import org.imageserver.http.imgapi.SignatureRoutes;
import org.imageserver.http.imgapi.SourceRoutes;
import org.imageserver.http.publishing.PublishRoute;
import org.imageserver.http.publishing.UploadRoutes;
import org.imageserver.http.web.ImagePage;
import org.imageserver.http.web.SignInRoutes;
import org.imageserver.http.web.SourcePages;
import org.imageserver.http.web.StatusPage;
import org.imageserver.http.web.WebRoutes;
import org.imageserver.http.web.WriteRoutes;
import org.imageserver.mirror.Mirrors;
import org.imageserver.mirror.OnDemand;
import org.imageserver.mirror.Sources;
import org.imageserver.remote.Fetcher;
import org.imageserver.signing.SigningKey;
import org.imageserver.statistics.Statistics;
import org.imageserver.storage.Storage;
import org.imageserver.tls.CertificateFiles;
import org.imageserver.tls.CertificateState;
import org.imageserver.tls.Challenges;
import org.imageserver.tls.Fingerprint;
import org.imageserver.tls.SelfSigned;
import org.imageserver.tracing.OtlpSpans;
import org.imageserver.tracing.Spans;
import org.imageserver.webhooks.Webhooks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running server. Started and closed by one thread; what it gives out is thread-safe. */
public final class ImageServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ImageServer.class);

    /** How often other servers' changes are asked for: one small request. */
    private static final Duration POLL = Duration.ofSeconds(1);

    /** How often the certificate's files are looked at. */
    private static final Duration CERTIFICATE_LOOK = Duration.ofSeconds(10);

    /** What a configuration may say anew while the server runs. */
    private static final Set<String> RELOADED = Set.of("limits", "sources", "ownSources", "webhooks");

    private final Settings settings;
    private final Storage storage;
    private final Catalogue catalogue;
    private final Mirrors mirrors;
    private final OnDemand onDemand;
    private final Sources sources;
    private final Scrub scrub;
    private final Dedupe dedupe;
    private final Upkeep upkeep;
    private final Webhooks webhooks;
    private final Statistics statistics;
    private final ImgapiPublishing publishing;
    private final ClientLimits limits;
    private final AuthorizedKeys keys;
    private final UploadRoutes uploads;
    private final Challenges challenges;
    private final Spans spans;
    private final HttpServer http;
    private final Optional<AcmeCertificate> renewal;
    private final List<ListenAddress> addresses;

    private ImageServer(Settings settings) throws IOException {
        this.settings = settings;
        Optional<SigningKey> signingKey = Policies.signingKey(settings);
        storage = Storages.open(settings);
        CatalogueSettings catalogueSettings = Policies.ofImages(settings);
        catalogue = new Catalogue(storage, catalogueSettings);
        // Beside the rest of the start, most of which is the loading of classes by one thread.
        FutureTask<Void> firstScan = new FutureTask<>(() -> {
            catalogue.rescan();
            return null;
        });
        Thread.ofPlatform().name("first-scan").start(firstScan);
        statistics = new Statistics(storage, InstantSource.system());
        AuthorizedKeys keys = new AuthorizedKeys(settings.keysDir());
        mirrors = new Mirrors(settings, catalogue, catalogue.provenance());
        onDemand = new OnDemand(settings, catalogue, storage, mirrors);
        sources = new Sources(settings, mirrors);
        statistics.whenDownloaded(onDemand::downloaded);
        scrub = catalogue.scrub(
                new Scrub.Settings(settings.scrub().interval(), settings.scrub().bytesPerSecond()), mirrors::heal);
        dedupe = catalogue.dedupe();
        upkeep = new Upkeep(settings, storage, catalogue, catalogueSettings, sources::urls, statistics);
        webhooks = new Webhooks(
                settings.webhooks(), settings.serveDir().resolve(".image-server/webhooks"), Version.current());
        publishing = new ImgapiPublishing(catalogue, keys, new Fetcher(Policies.ofFetching(settings)));
        uploads = new UploadRoutes(catalogue, settings.publishing().maxFileBytes(), InstantSource.system());
        challenges = new Challenges();
        spans = settings.traces().isPresent() ? new OtlpSpans(settings.traces().get(), Version.current()) : Spans.NONE;
        limits = new ClientLimits(settings.limits(), settings.trustedProxies());
        this.keys = keys;
        Doors doors = Doors.of(settings, keys);
        HealthRoutes health = new HealthRoutes(
                catalogue,
                scrub,
                interval(settings),
                statistics,
                publishing::jobs,
                webhooks::states,
                mirrors::states,
                this::certificateState,
                Version.current());
        http = new HttpServer(
                settings,
                routes(settings, doors.signIn(), health, signingKey),
                new RouteTable(health.forWatchers(), RouteTable.NOTHING_THERE),
                doors.gate(),
                limits,
                catchUp(),
                challenges,
                Version.current(),
                statistics,
                spans);
        renewal = settings.tls()
                .acme()
                .map(acme -> new AcmeCertificate(acme, certificate(settings), challenges, http::renewCertificate));
        try {
            if (renewal.isPresent()) {
                renewal.get().prepare();
            }
            if (settings.isTlsUsed() && settings.tls().isOwn()) {
                SelfSigned.makeIfMissing(certificate(settings), OwnNames.of(settings.listen()));
            }
            await(firstScan);
            uploads.restore();
            statistics.start();
            addresses = http.start();
        } catch (IOException e) {
            close();
            throw e;
        }
        webhooks.start(catalogue);
        catalogue.watch(interval(settings));
        if (settings.isTlsUsed()) {
            catalogue.lookout().afterStart(http::renewCertificate, CERTIFICATE_LOOK);
        }
        renewal.ifPresent(AcmeCertificate::start);
        upkeep.start();
        mirrors.start();
        onDemand.start();
        scrub.start();
        if (settings.isDeduped()) {
            dedupe.start();
        }
    }

    /**
     * Wires the parts and starts them; the directory is made when it is missing.
     *
     * @throws IOException when the directory cannot be read or an address cannot be had; nothing runs then
     */
    public static ImageServer start(Settings settings) throws IOException {
        Files.createDirectories(settings.serveDir());
        return new ImageServer(settings);
    }

    private static CertificateFiles certificate(Settings settings) {
        return new CertificateFiles(settings.tls().certificate(), settings.tls().key());
    }

    private Duration interval(Settings settings) {
        return storage.isShared() ? POLL : settings.rescan();
    }

    private static void await(FutureTask<Void> firstScan) throws IOException {
        try {
            firstScan.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException("the first look at the images failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the images were being read", e);
        }
    }

    private CatchUp catchUp() {
        return new CatchUp() {
            @Override
            public boolean isNeeded() {
                return catalogue.isShared() || onDemand.isConfigured();
            }

            @Override
            public void run(ImageException.NotFound missing) throws IOException {
                catalogue.catchUp();
                missing.image().ifPresent(onDemand::lookFor);
            }
        };
    }

    /** The one table of everything that the server answers. */
    private RouteTable routes(Settings settings, SignIn signIn, HealthRoutes health, Optional<SigningKey> signingKey) {
        String version = Version.current();
        List<Route> apis = new ArrayList<>(new ImgapiRoutes(catalogue, version).routes());
        apis.addAll(new SignatureRoutes(catalogue, signingKey).routes());
        apis.addAll(new SourceRoutes(sources).routes());
        apis.addAll(new SourcePages(sources).routes());
        apis.addAll(publishing.routes());
        PublishRoute publish = new PublishRoute(catalogue.publisher());
        apis.addAll(List.of(publish.route(), publish.byPut()));
        apis.addAll(uploads.routes());
        apis.addAll(new DsapiRoutes(catalogue, settings).routes());
        apis.addAll(new SignInRoutes(signIn).routes());
        apis.addAll(health.forEveryone());
        if (settings.tls().acme().isPresent()) {
            apis.add(new ChallengeRoute(challenges).route());
        }
        apis.addAll(new WriteRoutes(catalogue, settings).routes());
        apis.add(new ImagePage(catalogue, statistics).route());
        apis.add(new StatusPage(
                        catalogue,
                        statistics,
                        publishing::jobs,
                        sources::list,
                        webhooks::states,
                        this::certificateState,
                        version)
                .route());
        return new WebRoutes(catalogue, version, statistics::downloads).with(apis);
    }

    /** Where it listens, with the ports that it really has. */
    public List<ListenAddress> addresses() {
        return addresses;
    }

    /** Where programs that watch it come, with the ports that it really has. */
    public List<ListenAddress> watchedAt() {
        return http.watchedAt();
    }

    /** How it stands with the certificate that clients are shown, if they are shown one. */
    private Optional<CertificateState> certificateState() {
        return http.certificate()
                .map(shown -> new CertificateState(
                        shown.getNotBefore().toInstant(),
                        shown.getNotAfter().toInstant(),
                        renewal.map(AcmeCertificate::state)));
    }

    /**
     * Looks whether a start could use the files of its certificate.
     *
     * @throws IOException saying what is wrong with which file
     */
    public static void checkCertificate(Settings settings) throws IOException {
        HttpServer.checkCertificate(settings.tls());
    }

    /** How clients recognize its certificate, which nobody else has signed; empty when somebody has, or there is none. */
    public Optional<String> ownFingerprint() throws IOException {
        return settings.isTlsUsed() && settings.tls().isOwn()
                ? Optional.of(Fingerprint.of(certificate(settings).read().own()))
                : Optional.empty();
    }

    /** Looks at once at everything that may have been changed by hand: images, damaged files, ssh keys, certificate. */
    public void reload() {
        catalogue.rescanSoon();
        scrub.recheckSoon();
        keys.reload().problems().forEach(problem -> LOG.warn("{}", problem));
        http.renewCertificate();
        renewal.ifPresent(AcmeCertificate::soon);
    }

    /**
     * The same, and takes up what can be changed in a configuration while the server runs: its limits, its sources and
     * its webhooks.
     *
     * @param now as the configuration says now
     * @return what else is changed, and needs a restart
     * @throws ConfigException when a source or a webhook cannot be used; no other part of the configuration is taken up then
     */
    public List<String> reload(Settings now) throws ConfigException {
        try {
            sources.reload(now);
            webhooks.change(now.webhooks());
        } catch (IOException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
        reload();
        limits.change(now.limits());
        return now.differences(settings).stream()
                .filter(name -> !RELOADED.contains(name))
                .toList();
    }

    /** What reads its files again and again. */
    public Scrub scrub() {
        return scrub;
    }

    /** What has identical files stored once. */
    public Dedupe dedupe() {
        return dedupe;
    }

    /** Its images. */
    public Catalogue catalogue() {
        return catalogue;
    }

    /** Stops: no new connections, a bounded grace for downloads that run, then the end. Idempotent. */
    @Override
    public void close() {
        renewal.ifPresent(AcmeCertificate::close);
        http.close();
        onDemand.close();
        mirrors.close();
        scrub.close();
        dedupe.close();
        upkeep.close();
        uploads.close();
        publishing.close();
        catalogue.close();
        webhooks.close();
        statistics.close();
        spans.close();
        storage.close();
    }
}
