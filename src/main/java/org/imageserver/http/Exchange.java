package org.imageserver.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.imageserver.statistics.HandledRequest;
import org.imageserver.statistics.Statistics;
import org.imageserver.tracing.Spans;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One request and its answer on the wire: the headers that every answer carries, and the line in the access log and the
 * place in the statistics when the last byte is out or the client is gone. Confined to the connection's event loop.
 */
final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger("org.imageserver.access");

    /** Arrives with the request's head, or soon after. */
    private static final long SMALL_BODY = 64 * 1024;

    /** Of a request's target, when it is described. */
    private static final int MOST_SHOWN = 300;

    private static final Map<String, String> CORS = Map.of(
            "Access-Control-Allow-Origin", "*",
            "Access-Control-Expose-Headers", "Content-MD5, Content-Range, ETag, Server, x-request-id, x-response-time");

    private final HttpServerRequest raw;
    private final Client client;
    private final String id;
    private final String server;
    private final Statistics statistics;
    private final Spans spans;
    private final long begun = System.nanoTime();

    private final AuditEntry audit = new AuditEntry();
    private String endpoint = "none";
    private Optional<String> template = Optional.empty();
    private long answeredAfterNanos;

    /** Bytes of the answer that its response does not know of. */
    private long kernelBytes;

    Exchange(HttpServerRequest raw, Client client, String server, Statistics statistics, Spans spans) {
        this.raw = raw;
        this.client = client;
        this.server = server;
        this.statistics = statistics;
        this.spans = spans;
        this.id = Request.id(raw);
        // A client that goes away is no event of ours: the access log says how much it took.
        raw.exceptionHandler(gone -> LOG.trace("request aborted", gone));
        raw.response().exceptionHandler(gone -> LOG.trace("answer aborted", gone));
    }

    HttpServerRequest raw() {
        return raw;
    }

    String id() {
        return id;
    }

    /** What the audit log will say of it. */
    AuditEntry audit() {
        return audit;
    }

    /** Says which endpoint answers. */
    void reached(Route route) {
        endpoint = route.name();
        template = Optional.of(route.path().toString());
    }

    Client client() {
        return client;
    }

    boolean isHead() {
        return raw.method().equals(HttpMethod.HEAD);
    }

    boolean isRead() {
        return isHead() || raw.method().equals(HttpMethod.GET);
    }

    /** The response with its status and the headers that every answer carries. */
    HttpServerResponse begin(int status) {
        answeredAfterNanos = System.nanoTime() - begun;
        HttpServerResponse response = raw.response().setStatusCode(status);
        CORS.forEach(response::putHeader);
        if (isBodyLeftOpen()) {
            response.putHeader("Connection", "close");
        }
        return response.putHeader("Date", HttpDate.now())
                .putHeader("Server", server)
                .putHeader("x-request-id", id)
                .putHeader("x-response-time", Long.toString(answeredAfterNanos / 1_000_000));
    }

    /** Ends an answer that has no bytes, or whose bytes HEAD leaves out. */
    void end() {
        finish(raw.response().end());
    }

    void end(Buffer body) {
        finish(raw.response().end(body));
    }

    /** Counts bytes that were sent on the connection, past the response. */
    void sentByKernel(long count) {
        kernelBytes += count;
    }

    private long bytesSent() {
        return raw.response().bytesWritten() + kernelBytes;
    }

    /** Logs and counts the exchange when the answer is out. */
    void finish(Future<Void> sent) {
        sent.onComplete(done -> {
            boolean isComplete = done.succeeded() || isAllWritten();
            log(isComplete);
            trace(isComplete);
            writeAudit();
            count();
            if (isBodyLeftOpen()) {
                raw.connection().close();
            }
        });
    }

    /** Ends an answer with which the client has the last byte of an image, once it is out. */
    void finishDownload(Future<Void> sent, String imageUuid) {
        finish(sent.onSuccess(out -> statistics.downloaded(imageUuid)));
    }

    private void trace(boolean isComplete) {
        if (spans.equals(Spans.NONE)) {
            return;
        }
        long took = System.nanoTime() - begun;
        spans.served(new Spans.Served(
                Instant.now().minusNanos(took),
                Duration.ofNanos(took),
                raw.method().name(),
                template,
                raw.response().getStatusCode(),
                raw.bytesRead(),
                bytesSent(),
                isComplete,
                id,
                client.address(),
                Optional.ofNullable(raw.getHeader("traceparent"))));
    }

    private boolean isChange() {
        return !isRead() && !raw.method().equals(HttpMethod.OPTIONS);
    }

    private void writeAudit() {
        int status = raw.response().getStatusCode();
        boolean isRefused = status == 401 || status == ErrorCode.TooManyRequests.status();
        boolean isCredentialRefused = isRefused && Gate.hasCredential(raw);
        if (isChange() || isCredentialRefused) {
            audit.write(raw, client, id, endpoint, elapsedMillis());
        }
    }

    private void count() {
        int status = raw.response().getStatusCode();
        boolean isChange = isChange();
        // How long a body takes is up to its sender.
        long nanos = raw.bytesRead() > SMALL_BODY ? 0 : answeredAfterNanos;
        if (statistics.handled(endpoint, status, isChange, nanos)) {
            statistics.note(described(status, nanos), isChange);
        }
    }

    private HandledRequest described(int status, long nanos) {
        // The query of a change may hold the password of a URL to fetch.
        String target = Gate.withoutToken(isRead() ? raw.uri() : Request.path(raw.uri()));
        return new HandledRequest(
                Instant.now(),
                raw.method().name(),
                target.substring(0, Math.min(target.length(), MOST_SHOWN)),
                status,
                Duration.ofNanos(nanos),
                id);
    }

    /** At a stop, a connection may be closed between the last byte and the word that it is out. */
    private boolean isAllWritten() {
        String length = raw.response().headers().get("Content-Length");
        return length != null && bytesSent() >= Long.parseLong(length);
    }

    /** The client asked whether to send its body, and was answered instead: nobody knows whether it will come. */
    private boolean isBodyLeftOpen() {
        return !raw.isEnded() && "100-continue".equalsIgnoreCase(raw.getHeader("Expect"));
    }

    private void log(boolean complete) {
        if (!LOG.isInfoEnabled()) {
            return;
        }
        LoggingEventBuilder line = LOG.atInfo()
                .addKeyValue("req_id", id)
                .addKeyValue("remote", client.address())
                .addKeyValue("method", raw.method().name())
                .addKeyValue("url", Gate.withoutToken(raw.uri()))
                .addKeyValue("status", raw.response().getStatusCode())
                .addKeyValue("bytes", bytesSent())
                .addKeyValue("latency", elapsedMillis());
        String agent = raw.getHeader("User-Agent");
        if (agent != null) {
            line = line.addKeyValue("agent", agent);
        }
        line.log(complete ? "handled" : "client went away");
    }

    private long elapsedMillis() {
        return (System.nanoTime() - begun) / 1_000_000;
    }
}
