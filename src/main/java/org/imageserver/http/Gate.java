package org.imageserver.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.imageserver.auth.Attempt;
import org.imageserver.auth.Authenticator;
import org.imageserver.auth.ClientCertificates;
import org.imageserver.auth.Outcome;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Session;
import org.imageserver.auth.Sessions;

/**
 * Who may come in: asks the authenticator, on the event loop where that is quick and on the pool where it is not.
 * Thread-safe.
 */
public final class Gate {
    /** A base path that carries a token ({@code http://host/v/TOKEN}) gives a stock imgadm a private view. */
    private static final String PATH_TOKEN = "/v/";

    /** In any form of a request line, and also where nothing follows the token. */
    private static final Pattern TOKEN_IN_PATH = Pattern.compile("^((?:[a-zA-Z]+://[^/]*)?/v/)[^/?#]+");

    private final Authenticator authenticator;
    private final Sessions sessions;
    private final Optional<ClientCertificates> certificates;
    private final Principal withoutCredential;

    /**
     * Makes a gate.
     *
     * @param sessions of those who signed in with a browser
     * @param certificates of those who show one, where TLS asks for it
     * @param withoutCredential who a request without a credential is from; an account only on closed networks
     */
    public Gate(
            Authenticator authenticator,
            Sessions sessions,
            Optional<ClientCertificates> certificates,
            Principal withoutCredential) {
        this.authenticator = authenticator;
        this.sessions = sessions;
        this.certificates = certificates;
        this.withoutCredential = withoutCredential;
    }

    /**
     * A request that was let in.
     *
     * @param principal who asks
     * @param target path and query, without the token
     * @param session by which it is known who asks, if it is by a browser's cookie
     */
    record Admitted(Principal principal, String target, Optional<Session> session) {}

    /**
     * Finds out who asks; fails with an {@link ApiException} that is the answer.
     *
     * @param audit is told whom the client claims to be, which is all that is known of one that is refused
     */
    Future<Admitted> admit(Vertx vertx, HttpServerRequest raw, Client client, AuditEntry audit) {
        String target = Request.target(raw);
        Optional<String> token = pathToken(target);
        String rest = token.isPresent()
                ? target.substring(PATH_TOKEN.length() + token.get().length())
                : target;
        Optional<Session> session = token.isPresent() ? Optional.empty() : session(raw);
        if (session.isPresent()) {
            return Future.succeededFuture(new Admitted(session.get().account(), rest, session));
        }
        Optional<Principal.Account> shown = token.isPresent() ? Optional.empty() : shown(raw);
        if (shown.isPresent()) {
            return byCertificate(raw, client, shown.get(), rest);
        }
        Attempt attempt = token.isPresent()
                ? Attempt.ofPathToken(token.get(), client.address())
                : new Attempt(
                        raw.method().name(),
                        raw.uri(),
                        name -> Optional.ofNullable(raw.getHeader(name)),
                        client.address());
        attempt.claimedName().ifPresent(audit::by);
        Optional<Outcome> known = authenticator.atOnce(attempt);
        if (known.isPresent()) {
            return admitted(known.get(), rest);
        }
        return vertx.executeBlocking(() -> authenticator.authenticate(attempt), false)
                .compose(outcome -> admitted(outcome, rest));
    }

    /** A cookie is sent by itself, so whatever the client says on purpose wins. A session that has ended is none. */
    private Optional<Session> session(HttpServerRequest raw) {
        if (raw.headers().contains("Authorization")) {
            return Optional.empty();
        }
        return Sessions.cookieIn(String.join(";", raw.headers().getAll("Cookie")))
                .flatMap(sessions::find);
    }

    /** A certificate comes with the connection, so whatever the client says on purpose wins over it, too. */
    private Optional<Principal.Account> shown(HttpServerRequest raw) {
        SSLSession tls = certificates.isEmpty() ? null : raw.connection().sslSession();
        if (tls == null || raw.headers().contains("Authorization")) {
            return Optional.empty();
        }
        try {
            return tls.getPeerCertificates()[0] instanceof X509Certificate own
                    ? certificates.get().account(own)
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            // It has shown none, as most.
            return Optional.empty();
        }
    }

    /** A browser shows it to this server whichever page makes the request. */
    private static Future<Admitted> byCertificate(
            HttpServerRequest raw, Client client, Principal.Account account, String target) {
        try {
            ForgedRequests.refuseOfOtherSites(raw, client);
        } catch (ApiException refused) {
            return Future.failedFuture(refused);
        }
        return Future.succeededFuture(new Admitted(account, target, Optional.empty()));
    }

    private static Optional<String> pathToken(String target) {
        if (!target.startsWith(PATH_TOKEN)) {
            return Optional.empty();
        }
        int end = target.indexOf('/', PATH_TOKEN.length());
        return end < 0 ? Optional.empty() : Optional.of(target.substring(PATH_TOKEN.length(), end));
    }

    /** Whether a request says who asks, in its head or in its path. */
    static boolean hasCredential(HttpServerRequest raw) {
        return raw.headers().contains("Authorization")
                || TOKEN_IN_PATH.matcher(raw.uri()).find();
    }

    /** A target as it may be logged: the log is read by more people than the token is meant for. */
    static String withoutToken(String uri) {
        return TOKEN_IN_PATH.matcher(uri).replaceFirst("$1...");
    }

    private Future<Admitted> admitted(Outcome outcome, String target) {
        return switch (outcome) {
            case Outcome.Known known -> {
                Principal principal =
                        known.principal() instanceof Principal.Anonymous ? withoutCredential : known.principal();
                yield Future.succeededFuture(new Admitted(principal, target, Optional.empty()));
            }
            case Outcome.Refused refused ->
                Future.failedFuture(new ApiException(ErrorCode.UnauthorizedError, "invalid credentials")
                        .with("WWW-Authenticate", Authenticator.CHALLENGE));
            case Outcome.Later later ->
                Future.failedFuture(new ApiException(
                                ErrorCode.TooManyRequests,
                                "too many failed logins; try again in "
                                        + later.retryAfter().toSeconds() + " s")
                        .with(
                                "Retry-After",
                                Long.toString(Math.max(1, later.retryAfter().toSeconds()))));
        };
    }
}
