package org.imageserver.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import org.imageserver.config.Network;
import org.imageserver.http.RouteTable.Match;

/**
 * A request's way: route, endpoint, reply, and errors on any of it. One for each listener; runs on event loops,
 * thread-safe.
 */
final class Dispatcher {
    private final Vertx vertx;
    private final RouteTable routes;
    private final ReplyWriter writer;
    private final List<Network> trustedProxies;
    private final String server;

    Dispatcher(Vertx vertx, RouteTable routes, ReplyWriter writer, List<Network> trustedProxies, String server) {
        this.vertx = vertx;
        this.routes = routes;
        this.writer = writer;
        this.trustedProxies = trustedProxies;
        this.server = server;
    }

    void handle(HttpServerRequest raw) {
        Exchange exchange = new Exchange(raw, Client.of(raw, trustedProxies), server);
        try {
            write(exchange, answer(exchange));
        } catch (Exception failure) {
            write(exchange, ErrorReplies.of(failure, exchange.id()));
        }
    }

    /** A request that is not HTTP as it should be; the connection is of no further use. */
    void handleInvalid(HttpServerRequest raw) {
        Exchange exchange = new Exchange(raw, Client.of(raw, trustedProxies), server);
        raw.response().putHeader("Connection", "close");
        writer.write(exchange, ErrorReplies.of(MalformedRequest.describe(raw), exchange.id()));
        raw.connection().close();
    }

    private Reply answer(Exchange exchange) throws Exception {
        HttpServerRequest raw = exchange.raw();
        String target = Request.target(raw);
        return switch (routes.match(raw.method(), Request.path(target))) {
            case Match.Found found ->
                found.route().endpoint().answer(Request.of(raw, exchange.id(), found.parameters(), exchange.client()));
            case Match.WrongMethod wrong -> {
                if (raw.method().equals(HttpMethod.OPTIONS)) {
                    yield preflight(raw, wrong);
                }
                throw new ApiException(
                                ErrorCode.MethodNotAllowedError, raw.method().name() + " is not allowed")
                        .with("Allow", String.join(", ", wrong.allowed()));
            }
            case Match.Unknown unknown ->
                throw new ApiException(ErrorCode.ResourceNotFound, target + " does not exist");
        };
    }

    private void write(Exchange exchange, Reply reply) {
        switch (reply) {
            case Reply.Content content -> writer.write(exchange, content);
            case Reply.FileContent file -> writer.write(exchange, file);
            case Reply.Empty empty -> writer.write(exchange, empty);
            case Reply.Later later ->
                vertx.executeBlocking(later.work(), false)
                        .onSuccess(ready -> writeOrFail(exchange, ready))
                        .onFailure(failure -> write(exchange, ErrorReplies.of(failure, exchange.id())));
        }
    }

    private void writeOrFail(Exchange exchange, Reply reply) {
        try {
            write(exchange, reply);
        } catch (ApiException refused) {
            write(exchange, ErrorReplies.of(refused, exchange.id()));
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
