package org.imageserver.webhooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.imageserver.TestImages;

/** A program that is told things: it checks each signature as the documentation says, and answers as a test wants. */
final class Listener implements AutoCloseable {
    static final String SECRET = "a secret of two programs";

    /** What came: the event, and whether its signature is genuine. */
    record Heard(JsonNode event, boolean isGenuine, String timestamp) {
        String word() {
            return event.path("event").asText();
        }

        String uuid() {
            return event.at("/image/uuid").asText();
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Heard> heard = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile Function<Heard, Integer> answer = event -> 204;
    private volatile boolean isEndless;

    private Listener(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::take);
        server.start();
    }

    static Listener start() throws IOException {
        return new Listener(0);
    }

    /** On a port that is known already. */
    static Listener at(int port) throws IOException {
        return new Listener(port);
    }

    /** From now on answers so; 0: not at all. */
    Listener answering(Function<Heard, Integer> how) {
        answer = how;
        return this;
    }

    /** From now on begins a body after the status, and never ends it. */
    Listener withoutEnd() {
        isEndless = true;
        return this;
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Its place in a configuration. */
    String configured(String more) {
        return "{\"url\": \"http://127.0.0.1:%d/hook\", \"secret\": \"%s\"%s}".formatted(port(), SECRET, more);
    }

    /** All that came, refused or not. */
    List<Heard> heard() {
        return heard;
    }

    List<String> words() {
        return heard.stream().map(Heard::word).toList();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String timestamp = exchange.getRequestHeaders().getFirst("X-Image-Server-Timestamp");
            String signature = exchange.getRequestHeaders().getFirst("X-Image-Server-Signature");
            Heard event = new Heard(
                    TestImages.json(new String(body, StandardCharsets.UTF_8)),
                    ("sha256=" + hmac(timestamp, body)).equals(signature),
                    timestamp);
            heard.add(event);
            int status = answer.apply(event);
            if (status == 0) {
                end.await();
            } else if (isEndless) {
                exchange.sendResponseHeaders(status, 0);
                exchange.getResponseBody().write('x');
                exchange.getResponseBody().flush();
                end.await();
            } else {
                exchange.sendResponseHeaders(status, -1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String hmac(String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update(timestamp.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) '.');
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
