package org.imageserver.mirror;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.imageserver.TestImages;

/** An image server on the loopback that fails as a test wants. */
public final class FaultyUpstream implements AutoCloseable {
    private static final int TRICKLE = 4096;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, ObjectNode> manifests = new ConcurrentSkipListMap<>();
    private final Map<String, byte[]> files = new ConcurrentSkipListMap<>();
    private final List<String> hidden = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicInteger unchanged = new AtomicInteger();
    private final AtomicInteger stalls = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile String authorization = "";
    private volatile int stallAt;
    private volatile boolean isTrickling;
    private volatile int cutAt = Integer.MAX_VALUE;
    private volatile int status = 200;
    private volatile int fileStatus = 200;
    private volatile int holdAt = Integer.MAX_VALUE;
    private volatile CountDownLatch held = new CountDownLatch(0);
    private volatile boolean isRedirecting;
    private volatile Runnable whenFileIsSent = () -> {};
    private volatile boolean isWithoutRanges;
    private volatile CountDownLatch together = new CountDownLatch(0);

    /** Starts without images. */
    public FaultyUpstream() {
        this(Optional.empty());
    }

    /** Starts without images, and speaks TLS where it is given what it proves itself with. */
    FaultyUpstream(Optional<SSLContext> identity) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try {
            if (identity.isPresent()) {
                HttpsServer encrypting = HttpsServer.create(address, 0);
                encrypting.setHttpsConfigurator(new HttpsConfigurator(identity.get()));
                server = encrypting;
            } else {
                server = HttpServer.create(address, 0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                answer(exchange);
            }
        });
        server.start();
    }

    /** Its address. */
    public String url() {
        return (server instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:"
                + server.getAddress().getPort();
    }

    /** An image of arbitrary bytes, which no stream check looks at. */
    public String add(int number, String name, byte[] file) {
        String uuid = TestImages.uuid(number);
        ObjectNode manifest = TestImages.manifest(uuid, file);
        manifest.put("name", name)
                .put("type", "other")
                .put("published_at", "2026-01-%02dT00:00:00.000Z".formatted(number));
        ((ObjectNode) manifest.at("/files/0")).put("compression", "none");
        manifests.put(uuid, manifest);
        files.put(uuid, file);
        return uuid;
    }

    ObjectNode manifest(String uuid) {
        return Objects.requireNonNull(manifests.get(uuid), uuid);
    }

    /** It is in no list any more, but can be asked for. */
    void hide(String uuid) {
        hidden.add(uuid);
    }

    void remove(String uuid) {
        manifests.remove(uuid);
    }

    /** Other bytes than the manifest is about. */
    void replaceFile(String uuid, byte[] file) {
        files.put(uuid, file);
    }

    /** The next so many answers with a file end after so many bytes. */
    void cut(int times, int afterBytes) {
        cutAt = afterBytes;
        cuts.set(times);
    }

    /** The next answer with a file stops after so many bytes, and never goes on. */
    void stallOnce(int afterBytes) {
        stallAt = afterBytes;
        stalls.set(1);
    }

    /** Files come in small pieces, with a rest after each. */
    void trickle() {
        isTrickling = true;
    }

    /** Files are sent when so many are being asked for at the same time, or not at all. */
    void holdUntilTogether(int number) {
        together = new CountDownLatch(number);
    }

    /** Somebody else asks for one of those. */
    void letGo() {
        together.countDown();
    }

    void withoutRanges() {
        isWithoutRanges = true;
    }

    /** Every answer from now on has this status. */
    void answerWith(int given) {
        status = given;
    }

    /** Files from now on have this status; the rest works. */
    void answerFilesWith(int given) {
        fileStatus = given;
    }

    /** Files from now on stop after so many bytes, until {@link #goOn}. */
    public void holdAt(int bytes) {
        held = new CountDownLatch(1);
        holdAt = bytes;
    }

    public void goOn() {
        holdAt = Integer.MAX_VALUE;
        held.countDown();
    }

    /** Files are at another address, which the answer names. */
    void redirect() {
        isRedirecting = true;
    }

    /** Does something before the last byte of a file is sent. */
    void whenFileIsSent(Runnable work) {
        whenFileIsSent = work;
    }

    /** How the last request proved who asks. */
    String authorization() {
        return authorization;
    }

    /** How often the list was asked for by somebody who had it. */
    int unchanged() {
        return unchanged.get();
    }

    /** How often a file was asked for. */
    public long fetches(String uuid) {
        return requests.stream()
                .filter(line -> line.startsWith("/images/" + uuid + "/file"))
                .count();
    }

    /** Methods and targets, in order. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(exchange.getRequestURI() + " "
                + exchange.getRequestHeaders()
                        .getOrDefault("Range", List.of(""))
                        .getFirst());
        authorization = exchange.getRequestHeaders()
                .getOrDefault("Authorization", List.of(""))
                .getFirst();
        String[] parts = path.split("/", -1);
        if (status != 200) {
            exchange.sendResponseHeaders(status, -1);
        } else if (path.equals("/ping")) {
            send(exchange, "{\"ping\":\"pong\",\"imgapi\":true}");
        } else if (path.equals("/images")) {
            list(exchange);
        } else if (!manifests.containsKey(parts[2])) {
            exchange.sendResponseHeaders(404, -1);
        } else if (parts.length == 3) {
            send(exchange, manifests.get(parts[2]).toString());
        } else if (fileStatus != 200) {
            exchange.sendResponseHeaders(fileStatus, -1);
        } else if (isRedirecting && parts.length == 4) {
            exchange.getResponseHeaders().set("Location", url() + path + "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
        } else {
            sendFile(exchange, Objects.requireNonNull(files.get(parts[2])));
        }
    }

    private void list(HttpExchange exchange) throws IOException {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        manifests.forEach((uuid, manifest) -> {
            if (!hidden.contains(uuid)) {
                list.add(manifest);
            }
        });
        String etag = "\"" + list.toString().hashCode() + "\"";
        exchange.getResponseHeaders().set("ETag", etag);
        if (etag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            unchanged.incrementAndGet();
            exchange.sendResponseHeaders(304, -1);
        } else {
            send(exchange, list.toString());
        }
    }

    private static void send(HttpExchange exchange, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private void sendFile(HttpExchange exchange, byte[] file) throws IOException {
        together.countDown();
        try {
            if (!together.await(20, TimeUnit.SECONDS)) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the test is over");
        }
        exchange.getResponseHeaders().set("ETag", "\"" + TestImages.sha1(file) + "\"");
        String range = isWithoutRanges ? null : exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        if (range != null) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (file.length - 1) + "/" + file.length);
        }
        exchange.sendResponseHeaders(range == null ? 200 : 206, file.length - from);
        int length = cuts.getAndDecrement() > 0 ? Math.min(cutAt, file.length - from) : file.length - from;
        if (isTrickling) {
            trickle(exchange.getResponseBody(), file, from);
            return;
        }
        if (stalls.getAndDecrement() > 0) {
            exchange.getResponseBody().write(file, from, stallAt);
            exchange.getResponseBody().flush();
            await(closed);
            return;
        }
        int first = Math.min(length, Math.max(0, holdAt - from));
        exchange.getResponseBody().write(file, from, first);
        if (first < length) {
            exchange.getResponseBody().flush();
            await(held);
        }
        whenFileIsSent.run();
        exchange.getResponseBody().write(file, from + first, length - first);
        // What came before the break must arrive: a client may ask again by itself when nothing did.
        exchange.getResponseBody().flush();
        // Closed early by the caller's try, the connection breaks where the bytes end.
    }

    private void trickle(OutputStream to, byte[] file, int from) throws IOException {
        for (int sent = from; sent < file.length; sent += TRICKLE) {
            to.write(file, sent, Math.min(TRICKLE, file.length - sent));
            to.flush();
            try {
                if (closed.await(5, TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
    }

    private static void await(CountDownLatch moment) throws IOException {
        try {
            moment.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        goOn();
        server.stop(0);
        threads.shutdownNow();
    }
}
