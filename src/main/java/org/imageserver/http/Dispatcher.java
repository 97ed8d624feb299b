package org.imageserver.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.imageserver.catalogue.ImageException;
import org.imageserver.config.Network;
import org.imageserver.http.RouteTable.Match;
import org.imageserver.statistics.Statistics;
import org.imageserver.tracing.Spans;
import org.jspecify.annotations.Nullable;

/**
 * A request's way: who asks, route, endpoint, reply, and errors on any of it. One for each listener; runs on event
 * loops, thread-safe.
 */
final class Dispatcher {
    private static final Set<HttpMethod> WITHOUT_BODY = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final Vertx vertx;
    private final Workers workers;
    private final RouteTable routes;
    private final Gate gate;
    private final ClientLimits limits;
    private final CatchUp catchUp;
    private final ReplyWriter writer;
    private final List<Network> trustedProxies;
    private final Duration idle;
    private final String server;
    private final Statistics statistics;
    private final Spans spans;

    Dispatcher(
            Vertx vertx,
            Workers workers,
            RouteTable routes,
            Gate gate,
            ClientLimits limits,
            CatchUp catchUp,
            ReplyWriter writer,
            List<Network> trustedProxies,
            Duration idle,
            String server,
            Statistics statistics,
            Spans spans) {
        this.vertx = vertx;
        this.workers = workers;
        this.routes = routes;
        this.gate = gate;
        this.limits = limits;
        this.catchUp = catchUp;
        this.writer = writer;
        this.trustedProxies = trustedProxies;
        this.idle = idle;
        this.server = server;
        this.statistics = statistics;
        this.spans = spans;
    }

    void handle(HttpServerRequest raw) {
        Client client = Client.of(raw, trustedProxies);
        Exchange exchange = new Exchange(raw, client, server, statistics, spans);
        RequestBody body =
                WITHOUT_BODY.contains(raw.method()) ? null : new RequestBody(raw, vertx.getOrCreateContext(), idle);
        try {
            limits.admit(client, raw.connection());
        } catch (ApiException tooMany) {
            fail(exchange, body, tooMany);
            return;
        }
        gate.admit(vertx, raw, client, exchange.audit())
                .onSuccess(admitted -> answer(exchange, admitted, body))
                .onFailure(refused -> fail(exchange, body, refused));
    }

    private void answer(Exchange exchange, Gate.Admitted admitted, @Nullable RequestBody body) {
        if (admitted.session().isPresent()) {
            // A cache for many knows that an answer to Authorization is for one, but not this of a cookie.
            exchange.raw().response().putHeader("Cache-Control", "private");
        }
        try {
            limits.admit(admitted.principal());
            write(exchange, body, sharedReply(exchange, admitted, body));
        } catch (Exception failure) {
            fail(exchange, body, failure);
        }
    }

    /** What is not known here, another server may have made a moment ago, and the client may have heard of it already. */
    private Reply sharedReply(Exchange exchange, Gate.Admitted admitted, @Nullable RequestBody body) throws Exception {
        if (body != null || !catchUp.isNeeded()) {
            return reply(exchange, admitted, body, false);
        }
        AfterCatchUp afterCatchUp = missing -> {
            catchUp.run(missing);
            return reply(exchange, admitted, null, false);
        };
        try {
            Reply reply = reply(exchange, admitted, null, true);
            return reply instanceof Reply.Later later ? orElse(later, afterCatchUp) : reply;
        } catch (ImageException.NotFound missing) {
            return new Reply.Later(() -> afterCatchUp.reply(missing));
        }
    }

    /** The same request once more. */
    private interface AfterCatchUp {
        Reply reply(ImageException.NotFound missing) throws Exception;
    }

    private static Reply orElse(Reply.Later later, AfterCatchUp afterCatchUp) {
        return new Reply.Later(
                () -> {
                    try {
                        return later.work().call();
                    } catch (ImageException.NotFound missing) {
                        return afterCatchUp.reply(missing);
                    }
                },
                later.movesFile());
    }

    private void fail(Exchange exchange, @Nullable RequestBody body, Throwable failure) {
        write(exchange, body, ErrorReplies.of(failure, exchange.id()));
    }

    /** A request that is not HTTP as it should be; the connection is of no further use. */
    void handleInvalid(HttpServerRequest raw) {
        Exchange exchange = new Exchange(raw, Client.of(raw, trustedProxies), server, statistics, spans);
        raw.response().putHeader("Connection", "close");
        writer.write(exchange, ErrorReplies.of(MalformedRequest.describe(raw), exchange.id()));
        raw.connection().close();
    }

    private Reply reply(Exchange exchange, Gate.Admitted admitted, @Nullable RequestBody body, boolean isFirstTry)
            throws Exception {
        HttpServerRequest raw = exchange.raw();
        return switch (routes.match(raw.method(), Request.path(admitted.target()))) {
            case Match.Found found -> {
                exchange.reached(found.route());
                ForgedRequests.refuse(raw, exchange.client(), admitted.session(), found.route());
                yield found.route()
                        .endpoint()
                        .answer(request(exchange, admitted, body, found.parameters(), isFirstTry));
            }
            case Match.WrongMethod wrong -> {
                if (raw.method().equals(HttpMethod.OPTIONS)) {
                    yield preflight(raw, wrong);
                }
                throw new ApiException(
                                ErrorCode.MethodNotAllowedError, raw.method().name() + " is not allowed")
                        .with("Allow", String.join(", ", wrong.allowed()));
            }
            case Match.Unknown unknown ->
                routes.elsewhere().answer(request(exchange, admitted, body, Map.of(), isFirstTry));
        };
    }

    private static Request request(
            Exchange exchange,
            Gate.Admitted admitted,
            @Nullable RequestBody body,
            Map<String, String> parameters,
            boolean isFirstTry) {
        exchange.audit().by(admitted.principal());
        exchange.audit().on(parameters);
        return new Request(
                exchange, admitted.target(), parameters, admitted.principal(), admitted.session(), body, isFirstTry);
    }

    private void write(Exchange exchange, @Nullable RequestBody body, Reply reply) {
        switch (reply) {
            case Reply.Content content -> {
                closeIfTooMuch(exchange, body);
                writer.write(exchange, content);
            }
            case Reply.FileContent file -> writer.write(exchange, file);
            case Reply.Empty empty -> {
                closeIfTooMuch(exchange, body);
                writer.write(exchange, empty);
            }
            case Reply.Later later -> {
                workers.run(body, later)
                        .onSuccess(ready -> writeOrFail(exchange, body, ready))
                        .onFailure(failure -> fail(exchange, body, failure));
                return;
            }
        }
        if (body != null) {
            body.discard();
        }
    }

    /** What is too much to be read to its end ends the connection, and the client should know. */
    private static void closeIfTooMuch(Exchange exchange, @Nullable RequestBody body) {
        if (body != null && body.isTooMuchToDiscard()) {
            exchange.raw().response().putHeader("Connection", "close");
        }
    }

    private void writeOrFail(Exchange exchange, @Nullable RequestBody body, Reply reply) {
        try {
            write(exchange, body, reply);
        } catch (ApiException refused) {
            fail(exchange, body, refused);
        }
    }

    /** What a browser asks before it reads from another site (CORS), and what anyone may ask. */
    private static Reply preflight(HttpServerRequest raw, Match.WrongMethod wrong) {
        String allowed = String.join(", ", wrong.allowed());
        String headers = raw.getHeader("Access-Control-Request-Headers");
        return new Reply.Empty(
                204,
                Map.of(
                        "Allow",
                        allowed,
                        "Access-Control-Allow-Methods",
                        allowed,
                        "Access-Control-Allow-Headers",
                        headers == null ? "*" : headers,
                        "Access-Control-Max-Age",
                        "86400"));
    }
}
