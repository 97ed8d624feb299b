package org.imageserver.http.health;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.imageserver.auth.Authenticator;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Scrub;
import org.imageserver.http.ApiException;
import org.imageserver.http.Body;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.statistics.Statistics;
import org.imageserver.tls.CertificateState;
import org.jspecify.annotations.Nullable;

/**
 * {@code /healthz} says that the server lives, {@code /readyz} whether clients should be sent to it, and {@code
 * /metrics} what it does in numbers. Thread-safe.
 */
public final class HealthRoutes {
    static final String FACE = "Health";

    /** What such answers say is over in a moment. */
    private static final Map<String, String> NOT_KEPT = Map.of("Cache-Control", "no-store");

    private final Health health;
    private final Supplier<Metrics> makeMetrics;
    private @Nullable Metrics metrics;

    /**
     * Makes the routes.
     *
     * @param scrub reads files again
     * @param interval between two looks at the images
     * @param jobs what runs in the background, as the API shows it
     * @param webhooks how it stands with those who are told what becomes of images
     * @param sources how it stands with those whose images are mirrored
     * @param certificate that clients are shown
     */
    public HealthRoutes(
            Catalogue catalogue,
            Scrub scrub,
            Duration interval,
            Statistics statistics,
            Supplier<List<ObjectNode>> jobs,
            Supplier<List<ObjectNode>> webhooks,
            Supplier<List<ObjectNode>> sources,
            Supplier<Optional<CertificateState>> certificate,
            String version) {
        this.health = new Health(catalogue, interval, certificate);
        this.makeMetrics =
                () -> new Metrics(catalogue, scrub, statistics, jobs, webhooks, sources, certificate, version);
    }

    /** For the addresses where everyone comes: the numbers are for administrators. */
    public List<Route> forEveryone() {
        return List.of(live(), ready(), metrics(true));
    }

    /** For addresses that only the operator's own programs reach. */
    public List<Route> forWatchers() {
        return List.of(live(), ready(), metrics(false));
    }

    private static Route live() {
        return Route.get(
                "/healthz",
                "Live",
                doc("Says that the server lives.", Reply.JSON),
                request -> json(200, JsonNodeFactory.instance.objectNode().put("status", "alive")));
    }

    private Route ready() {
        Doc doc = doc(
                "Says whether clients should be sent here, and why not: 503 when the images cannot be looked at.",
                Reply.JSON);
        return Route.get("/readyz", "Ready", doc, request -> new Reply.Later(this::readiness));
    }

    private Reply readiness() {
        List<Health.Check> checks = health.checks();
        boolean isReady = checks.stream().noneMatch(check -> check.result() == Health.Result.FAILED);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("status", isReady ? "ready" : "not ready");
        ArrayNode all = json.putArray("checks");
        for (Health.Check check : checks) {
            all.addObject()
                    .put("name", check.name())
                    .put("result", check.result().name().toLowerCase(Locale.ROOT))
                    .put("message", check.message());
        }
        return json(isReady ? 200 : 503, json);
    }

    private Route metrics(boolean isForAdminsOnly) {
        Doc doc = new Doc(
                FACE,
                "What the server does in numbers, for Prometheus; for admins, and without a credential where"
                        + " metrics_listen says.",
                List.of(),
                "text/plain",
                List.of(ErrorCode.UnauthorizedError, ErrorCode.OperatorOnly));
        return Route.get("/metrics", "Metrics", doc, request -> {
            if (isForAdminsOnly) {
                checkAdmin(request);
            }
            return new Reply.Later(this::numbers);
        });
    }

    private static void checkAdmin(Request request) {
        Principal principal = request.principal();
        if (principal instanceof Principal.Anonymous) {
            throw new ApiException(
                            ErrorCode.UnauthorizedError,
                            "the numbers are for admins; or let a program have them without a credential at an address of"
                                    + " its own: metrics_listen in the configuration")
                    .with("WWW-Authenticate", Authenticator.CHALLENGE);
        }
        if (!principal.isAdmin()) {
            throw new ApiException(ErrorCode.OperatorOnly, "the numbers are for admins");
        }
    }

    private Reply numbers() throws IOException {
        Metrics now = metrics();
        return new Reply.Content(200, now.contentType(), Body.of(now.now()), null, NOT_KEPT);
    }

    /** Made when somebody asks: what it takes would only delay the start. */
    private synchronized Metrics metrics() {
        Metrics known = metrics;
        if (known == null) {
            known = makeMetrics.get();
            metrics = known;
        }
        return known;
    }

    private static Reply json(int status, ObjectNode json) {
        return new Reply.Content(status, Reply.JSON, Body.of(json.toString()), null, NOT_KEPT);
    }

    private static Doc doc(String summary, String contentType) {
        return new Doc(FACE, summary, List.of(), contentType, List.of());
    }
}
