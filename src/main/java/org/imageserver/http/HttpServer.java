package org.imageserver.http;

import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.imageserver.config.ListenAddress;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.Acme.Challenge;
import org.imageserver.config.Settings.Sendfile;
import org.imageserver.statistics.Statistics;
import org.imageserver.tls.Challenges;
import org.imageserver.tracing.Spans;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on all addresses, and serves the route table on each. {@link #start} and {@link #close} are called once, by
 * one thread.
 */
public final class HttpServer implements AutoCloseable {
    /** Longest request line in bytes; longer is 414. */
    static final int MAX_REQUEST_LINE = 8 * 1024;

    /** Most bytes of all headers; more is 431. */
    static final int MAX_HEADERS = 16 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /** 1.2 is what imgadm's OpenSSL of the 1.0.1 era speaks; what is older is broken. */
    private static final Set<String> PROTOCOLS = Set.of("TLSv1.2", "TLSv1.3");

    private static final int HANDSHAKE_SECONDS = 20;

    /** What clients are offered over TLS (ALPN), the best first; who asks for nothing gets the last. */
    private static final List<HttpVersion> VERSIONS = List.of(HttpVersion.HTTP_1_1);

    /** Time to ask, and to hear that it is one connection too many. */
    private static final Duration EXCESS = Duration.ofSeconds(5);

    /**
     * One loop a core: more than that take turns, and a request waits until its loop has its own (99 % of pings: 7 to 16 ms
     * with four loops on two cores, 4 ms with two). But on illumos a send to a slow network card may block its loop, and
     * the others are to go on.
     */
    private static final int LEAST_EVENT_LOOPS = System.getProperty("os.name").equals("SunOS") ? 4 : 2;

    private final Vertx vertx;
    private final Workers workers;
    private final int eventLoops;
    private final Settings settings;
    private final RouteTable routes;
    private final RouteTable watchers;
    private final Gate gate;
    private final ClientLimits limits;
    private final CatchUp catchUp;
    private final String version;
    private final Statistics statistics;
    private final Spans spans;
    private boolean isClosed;
    private final List<ListenAddress> bound = new ArrayList<>();
    private final List<io.vertx.core.http.HttpServer> servers = new ArrayList<>();
    private final Certificate certificate;
    private final TlsEngines engines;
    private final List<io.vertx.core.http.HttpServer> encrypting = new ArrayList<>();

    /**
     * Makes a server that does not listen yet.
     *
     * @param routes what everyone comes for
     * @param watchers what there is at the addresses for programs that watch the server
     * @param challenges what an authority is shown that looks whether host names lead here
     * @param spans is told of every request
     */
    public HttpServer(
            Settings settings,
            RouteTable routes,
            RouteTable watchers,
            Gate gate,
            ClientLimits limits,
            CatchUp catchUp,
            Challenges challenges,
            String version,
            Statistics statistics,
            Spans spans) {
        this.settings = settings;
        this.routes = routes;
        this.watchers = watchers;
        this.gate = gate;
        this.limits = limits;
        this.catchUp = catchUp;
        this.version = version;
        this.statistics = statistics;
        this.spans = spans;
        this.eventLoops = Math.max(LEAST_EVENT_LOOPS, Runtime.getRuntime().availableProcessors());
        this.vertx = Vertx.vertx(new VertxOptions()
                .setPreferNativeTransport(false)
                .setEventLoopPoolSize(eventLoops)
                .setWorkerPoolSize(Workers.READERS)
                .setMaxWorkerExecuteTime(Workers.LONGEST_MINUTES)
                .setMaxWorkerExecuteTimeUnit(TimeUnit.MINUTES));
        this.workers = new Workers(vertx);
        this.certificate = new Certificate(vertx, settings.tls(), challenges);
        this.engines = new TlsEngines(settings.tls()
                .acme()
                .filter(acme -> acme.challenge() == Challenge.TLS)
                .isPresent());
    }

    /**
     * Begins to listen on every address.
     *
     * @return the addresses for everyone with the ports that they really have
     * @throws IOException naming the address that cannot be had; close the server then
     */
    public List<ListenAddress> start() throws IOException {
        for (ListenAddress address : settings.listen()) {
            bound.add(listen(address, routes));
        }
        List<ListenAddress> forEveryone = List.copyOf(bound);
        for (ListenAddress address : settings.metricsListen()) {
            bound.add(listen(address, watchers));
        }
        return forEveryone;
    }

    /** The addresses for programs that watch the server, with the ports that they really have. */
    public List<ListenAddress> watchedAt() {
        return List.copyOf(bound.subList(settings.listen().size(), bound.size()));
    }

    private ListenAddress listen(ListenAddress address, RouteTable table) throws IOException {
        return switch (address) {
            case ListenAddress.Tcp tcp -> {
                // Vert.x gives all event loops the same free port for a negative one, but not for 0.
                int port = tcp.port() == 0 ? -1 - bound.size() : tcp.port();
                SocketAddress socket = port < 0
                        ? SocketAddress.sharedRandomPort(-port, tcp.host())
                        : SocketAddress.inetSocketAddress(port, tcp.host());
                boolean zeroCopy = settings.sendfile() != Sendfile.OFF && !tcp.isTls();
                int actual = deploy(address, table, socket, zeroCopy);
                yield new ListenAddress.Tcp(tcp.host(), actual, tcp.isTls());
            }
            case ListenAddress.Unix unix -> {
                UnixSocket.prepare(unix.path());
                deploy(
                        address,
                        table,
                        SocketAddress.domainSocketAddress(unix.path().toString()),
                        sendfileOnUnix());
                UnixSocket.allow(unix.path(), settings.socketMode());
                yield unix;
            }
        };
    }

    private boolean redirects(ListenAddress address) {
        return settings.bucket()
                .filter(bucket -> bucket.redirect().contains(address))
                .isPresent();
    }

    private boolean sendfileOnUnix() {
        return switch (settings.sendfile()) {
            case ON -> true;
            case OFF -> false;
            case AUTO -> SendfileProbe.worksOnUnixSockets();
        };
    }

    private int deploy(ListenAddress address, RouteTable table, SocketAddress socket, boolean zeroCopy)
            throws IOException {
        Dispatcher dispatcher = new Dispatcher(
                vertx,
                workers,
                table,
                gate,
                limits,
                catchUp,
                new ReplyWriter(new FileSender(workers, zeroCopy, limits), redirects(address)),
                settings.trustedProxies(),
                settings.idle(),
                "image-server/" + version,
                statistics,
                spans);
        // A unix socket cannot be shared between event loops: its path can be bound once.
        int instances = socket.isDomainSocket() ? 1 : eventLoops;
        Queue<io.vertx.core.http.HttpServer> deployed = new ConcurrentLinkedQueue<>();
        boolean isTls = address instanceof ListenAddress.Tcp tcp && tcp.isTls();
        HttpServerOptions options = isTls ? encrypted(certificate.load()) : options();
        await(
                vertx.deployVerticle(
                        () -> new Listener(socket, options, dispatcher, deployed),
                        new DeploymentOptions().setInstances(instances)),
                "cannot listen on " + address);
        servers.addAll(deployed);
        if (isTls) {
            encrypting.addAll(deployed);
        }
        return deployed.element().actualPort();
    }

    /** One event loop's share of a listening address. */
    private final class Listener implements Deployable {
        private final SocketAddress socket;
        private final HttpServerOptions options;
        private final Dispatcher dispatcher;
        private final Queue<io.vertx.core.http.HttpServer> deployed;

        Listener(
                SocketAddress socket,
                HttpServerOptions options,
                Dispatcher dispatcher,
                Queue<io.vertx.core.http.HttpServer> deployed) {
            this.socket = socket;
            this.options = options;
            this.dispatcher = dispatcher;
            this.deployed = deployed;
        }

        @Override
        public Future<?> deploy(Context context) {
            io.vertx.core.http.HttpServer server = vertx.createHttpServer(options)
                    .requestHandler(dispatcher::handle)
                    .invalidRequestHandler(dispatcher::handleInvalid)
                    .connectionHandler(this::opened)
                    .exceptionHandler(failure -> LOG.debug("connection failed", failure));
            deployed.add(server);
            return server.listen(socket);
        }

        private void opened(HttpConnection connection) {
            limits.opened(connection);
            ConnectionWatch.over(connection, limits.isExcess(connection) ? EXCESS : settings.idle(), statistics);
        }
    }

    private static HttpServerOptions options() {
        HttpServerOptions options = new HttpServerOptions();
        options.setMaxInitialLineLength(MAX_REQUEST_LINE)
                .setMaxHeaderSize(MAX_HEADERS)
                .setMaxChunkSize(64 * 1024)
                .setHandle100ContinueAutomatically(false)
                .setHttp2ClearTextEnabled(false)
                // Nobody speaks WebSocket here; its handler would look at every request.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setTcpKeepAlive(true)
                .setAcceptBacklog(1024);
        return options;
    }

    private HttpServerOptions encrypted(Certificate.Keys keys) {
        HttpServerOptions options = options();
        keys.clients()
                .ifPresent(
                        authorities -> options.setClientAuth(ClientAuth.REQUEST).setTrustOptions(authorities));
        options.setSsl(true)
                .setUseAlpn(true)
                .setAlpnVersions(VERSIONS)
                .setSslEngineOptions(engines)
                .setKeyCertOptions(keys.own())
                .setEnabledSecureTransportProtocols(PROTOCOLS)
                .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
                .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
        // Said once more: without it, listeners forget the protocols when they get a new certificate.
        options.getSslOptions()
                .setUseAlpn(true)
                .setApplicationLayerProtocols(
                        VERSIONS.stream().map(HttpVersion::alpnName).toList());
        return options;
    }

    /** The certificate that clients are shown now; empty when they are shown none. */
    public Optional<X509Certificate> certificate() {
        return certificate.shown();
    }

    /**
     * Looks whether the files of a certificate can be used.
     *
     * @throws IOException saying what is wrong with which file
     */
    public static void checkCertificate(Settings.Tls tls) throws IOException {
        Vertx vertx = Vertx.vertx();
        try {
            new Certificate(vertx, tls, new Challenges()).load();
        } finally {
            vertx.close().await();
        }
    }

    /** Shows clients the new certificate, if its files were changed. Thread-safe; may wait for the disk. */
    public synchronized void renewCertificate() {
        Certificate.Keys renewed = encrypting.isEmpty() ? null : certificate.loadIfChanged();
        if (renewed == null) {
            return;
        }
        for (io.vertx.core.http.HttpServer server : encrypting) {
            server.updateSSLOptions(encrypted(renewed).getSslOptions())
                    .onFailure(failure -> LOG.error("a listener keeps the old certificate", failure));
        }
    }

    /** Stops listening, gives running downloads their grace, and removes the unix sockets. Idempotent. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        Duration grace = settings.grace();
        List<Future<Void>> stopping =
                servers.stream().map(server -> server.shutdown(grace)).toList();
        try {
            await(Future.join(stopping), "shutdown");
        } catch (IOException e) {
            LOG.warn("some connections did not end in time", e);
        }
        try {
            await(vertx.close(), "shutdown");
        } catch (IOException e) {
            LOG.warn("the event loops did not end in time", e);
        }
        for (ListenAddress address : bound) {
            if (address instanceof ListenAddress.Unix unix) {
                remove(unix.path());
            }
        }
    }

    private static void remove(Path socket) {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            LOG.warn("cannot remove the socket {}; the next start will", socket, e);
        }
    }

    private static String hint(Throwable cause) {
        return String.valueOf(cause.getMessage()).contains("Permission denied")
                ? " (a port below 1024 needs the privilege net_privaddr on SmartOS, CAP_NET_BIND_SERVICE on Linux)"
                : "";
    }

    private void await(Future<?> future, String what) throws IOException {
        try {
            future.toCompletionStage()
                    .toCompletableFuture()
                    .get(settings.grace().toSeconds() + 30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(what + ": " + cause.getMessage() + hint(cause), cause);
        } catch (TimeoutException e) {
            throw new IOException(what + ": timed out", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(what + ": interrupted", e);
        }
    }
}
