package org.imageserver.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Session;
import org.jspecify.annotations.Nullable;

/**
 * One request, as endpoints see it. The path is the raw one: nothing is decoded before it is split into segments, so
 * an encoded slash or dot never moves anything.
 */
public final class Request {
    private static final Pattern USABLE_ID = Pattern.compile("[!-~]{1,128}");
    private static final Pattern ORIGIN = Pattern.compile("https?://[^/?#]*", Pattern.CASE_INSENSITIVE);

    private final HttpServerRequest raw;
    private final String id;
    private final String path;
    private final String target;
    private final Query query;
    private final Client client;
    private final Principal principal;
    private final Optional<Session> session;
    private final @Nullable RequestBody body;
    private final Map<String, String> parameters;
    private final AuditEntry audit;
    private final boolean isFirstTry;

    Request(
            Exchange exchange,
            String target,
            Map<String, String> parameters,
            Principal principal,
            Optional<Session> session,
            @Nullable RequestBody body,
            boolean isFirstTry) {
        this.raw = exchange.raw();
        this.id = exchange.id();
        this.client = exchange.client();
        this.audit = exchange.audit();
        this.target = target;
        this.path = path(target);
        this.query = Query.parse(target.substring(Math.min(path.length() + 1, target.length())));
        this.parameters = parameters;
        this.principal = principal;
        this.session = session;
        this.body = body;
        this.isFirstTry = isFirstTry;
    }

    /** Whether others are asked for what is missing here, and the endpoint once more, if it throws that something is. */
    public boolean isFirstTry() {
        return isFirstTry;
    }

    /** {@code x-request-id} or {@code request-id} of the client, else a new one. */
    static String id(HttpServerRequest raw) {
        String given = raw.getHeader("x-request-id");
        if (given == null) {
            given = raw.getHeader("request-id");
        }
        return given != null && USABLE_ID.matcher(given).matches() ? given : newId();
    }

    /** It must be unique, not secret: the system's secure random numbers would cost more than a small answer. */
    private static String newId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long version4 = (random.nextLong() & ~0xF000L) | 0x4000L;
        long variant = (random.nextLong() >>> 2) | Long.MIN_VALUE;
        return new UUID(version4, variant).toString();
    }

    /**
     * Path and query as they stand in the request line. Old imgadm sends the absolute form ({@code GET
     * http://host/path}) for DSAPI files; whichever host it names, it means this server.
     */
    static String target(HttpServerRequest raw) {
        if (raw.uri().startsWith("/")) {
            return raw.uri();
        }
        Matcher absolute = ORIGIN.matcher(raw.uri());
        if (!absolute.lookingAt()) {
            return raw.uri();
        }
        String target = raw.uri().substring(absolute.end());
        return target.startsWith("/") ? target : "/" + target;
    }

    static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** The method and the path, as error messages name a request. */
    public String describe() {
        return raw.method().name() + " " + path;
    }

    /** Identifies the request in the log and towards the client. */
    public String id() {
        return id;
    }

    /** Path and query as the client sent them. */
    public String target() {
        return target;
    }

    /** What the audit log will say of it. */
    public AuditEntry audit() {
        return audit;
    }

    /** The decoded query. */
    public Query query() {
        return query;
    }

    /** The body, to be read once, on the pool. */
    public ReadableByteChannel body() {
        if (body == null) {
            throw new IllegalStateException("a " + raw.method() + " has no body");
        }
        return body;
    }

    /** The size of the body in bytes, if the client announced it. */
    public OptionalLong bodyLength() {
        return body == null ? OptionalLong.empty() : body.announced();
    }

    /** Who asks, as far as it was proved. */
    public Principal principal() {
        return principal;
    }

    /** The session by which it is known who asks, if it is by a browser's cookie. */
    public Optional<Session> session() {
        return session;
    }

    /** From where the request came. */
    public Client client() {
        return client;
    }

    /** A header's value. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(raw.getHeader(name));
    }

    /** A part of the path that the route names with a colon; decoded. */
    public String parameter(String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no :" + name);
        }
        return value;
    }

    /**
     * Checks {@code If-Match} against what is there.
     *
     * @param etags of every form in which clients are shown it
     * @throws ApiException (PreconditionFailed) when the client knows another version
     */
    public void checkIfMatch(String... etags) {
        String ifMatch = raw.getHeader("If-Match");
        if (ifMatch != null && Arrays.stream(etags).noneMatch(etag -> EntityTags.matches(ifMatch, etag))) {
            throw new ApiException(
                    ErrorCode.PreconditionFailed, "if-match '" + ifMatch + "' didn't match etag '" + etags[0] + "'");
        }
        String ifNoneMatch = raw.getHeader("If-None-Match");
        if (ifNoneMatch != null && Arrays.stream(etags).anyMatch(etag -> EntityTags.matches(ifNoneMatch, etag))) {
            throw new ApiException(
                    ErrorCode.PreconditionFailed,
                    "if-none-match '" + ifNoneMatch + "' matched etag '" + etags[0] + "'");
        }
    }

    /** Whether the answer may be gzipped ({@code Accept-Encoding}). */
    public boolean acceptsGzip() {
        return Accept.allows(raw.getHeader("Accept-Encoding"), "gzip");
    }

    /** The host for urls that lead back here: the client's word for this server, else the address it reached. */
    public String host() {
        return client.host().orElseGet(() -> boundAddress(raw.localAddress()));
    }

    private static String boundAddress(SocketAddress local) {
        if (local != null && !local.isDomainSocket()) {
            String address = local.hostAddress();
            return (address.contains(":") ? "[" + address + "]" : address) + ":" + local.port();
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // The machine has no name of its own: a client on the same machine is all that is left.
            return "localhost";
        }
    }
}
