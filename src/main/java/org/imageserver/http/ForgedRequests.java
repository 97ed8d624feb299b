package org.imageserver.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.imageserver.auth.Session;

/**
 * Refuses what another site makes a browser send in the name of whoever is signed in here (CSRF). The cookie itself is
 * not sent from other sites ({@code SameSite=Strict}); this is for browsers that do so all the same, and for other
 * servers of the same site. A client without a cookie has nothing to fear and is left alone.
 */
final class ForgedRequests {
    /** What our own pages send beside the cookie. */
    static final String HEADER = "X-CSRF-Token";

    private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Pattern ORIGIN = Pattern.compile("https?://(?<host>[^/]+)");
    private static final Pattern PORT_OF_SCHEME = Pattern.compile(":(80|443)$");

    private ForgedRequests() {}

    /**
     * Looks at a write.
     *
     * @throws ApiException (InvalidCsrfToken, UnauthorizedError) when it is not known to come from one of our pages
     */
    static void refuse(HttpServerRequest raw, Client client, Optional<Session> session, Route route) {
        if (SAFE.contains(raw.method())) {
            return;
        }
        Optional<String> proof = Optional.ofNullable(raw.getHeader(HEADER));
        if (session.isPresent() || route.isForm()) {
            checkOrigin(raw, client);
        }
        if (session.isPresent() && !route.isForm()) {
            checkProof(session.get(), proof);
        }
        boolean isOfAnEndedSession = session.isEmpty() && proof.isPresent();
        if (isOfAnEndedSession && !raw.headers().contains("Authorization")) {
            // Basic is not named here: the browser would ask for a password by itself.
            throw new ApiException(ErrorCode.UnauthorizedError, "your session has ended; sign in again at /sign-in")
                    .with("WWW-Authenticate", "Bearer realm=\"image-server\"");
        }
    }

    /** Refuses a write that a page of another site makes a browser send, with what the browser adds by itself. */
    static void refuseOfOtherSites(HttpServerRequest raw, Client client) {
        if (!SAFE.contains(raw.method())) {
            checkOrigin(raw, client);
        }
    }

    /**
     * Compares what a request carries with what the pages of its session know.
     *
     * @param proof the header, or the field of a form
     * @throws ApiException (InvalidCsrfToken) when it is missing or of another session
     */
    static void checkProof(Session session, Optional<String> proof) {
        if (proof.isEmpty()) {
            throw new ApiException(
                    ErrorCode.InvalidCsrfToken,
                    "a change that a session is to make needs the header " + HEADER
                            + ", with the token that the page has; programs send Authorization instead of a cookie");
        }
        if (!session.isProvedBy(proof.get())) {
            throw new ApiException(
                    ErrorCode.InvalidCsrfToken,
                    "the CSRF token is of another session: did you sign in again elsewhere? Reload the page");
        }
    }

    /** The browser's own word; clients that are no browsers say nothing of the kind. */
    private static void checkOrigin(HttpServerRequest raw, Client client) {
        String site = raw.getHeader("Sec-Fetch-Site");
        String origin = raw.getHeader("Origin");
        boolean isOwn = site != null
                ? site.equals("same-origin") || site.equals("none")
                : origin == null || isHere(origin, client);
        if (!isOwn) {
            throw new ApiException(
                    ErrorCode.InvalidCsrfToken,
                    "this request was made by a page of " + (origin == null ? "another site" : origin)
                            + ", not of this server; behind a proxy, it must pass the client's Host on");
        }
    }

    /** The scheme is not compared: a proxy that speaks https to the client may say nothing of it. */
    private static boolean isHere(String origin, Client client) {
        Matcher form = ORIGIN.matcher(origin.toLowerCase(Locale.ROOT));
        return form.matches()
                && client.host()
                        .filter(host -> plain(host).equals(plain(form.group("host"))))
                        .isPresent();
    }

    private static String plain(String host) {
        return PORT_OF_SCHEME.matcher(host.toLowerCase(Locale.ROOT)).replaceFirst("");
    }
}
