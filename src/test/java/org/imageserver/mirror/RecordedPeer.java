package org.imageserver.mirror;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.imageserver.Golden;
import org.imageserver.Golden.Answer;

/**
 * A real peer, as far as it was recorded: each path is answered with the very head and body that it had, and every other
 * one with what it says of an image that it does not have. The bytes of files were not recorded; where it sent some,
 * others of the same length are sent, under its head.
 */
final class RecordedPeer implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    /** They are of a connection, which is another one here. */
    private static final Set<String> OF_THE_CONNECTION = Set.of("content-length", "connection", "date");

    private final Map<String, Answer> answers = new HashMap<>();
    private final Answer missing = answer("flow", "flow-096");
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    /** Starts with its ping and the list of its five images; of the images themselves nothing was recorded. */
    RecordedPeer() {
        answers.put("/ping", answer("ping", "ping-001"));
        answers.put("/images?state=all", answer("list", "list-024"));
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                reply(exchange);
            }
        });
        server.start();
    }

    private static Answer answer(String transcript, String id) {
        return Golden.steps(transcript).stream()
                .filter(step -> step.id().equals(id))
                .findFirst()
                .flatMap(Golden.Step::answer)
                .orElseThrow();
    }

    /** Answers a path as it did in a step of a transcript. */
    void answers(String target, String transcript, String id) {
        answers.put(target, answer(transcript, id));
    }

    /** Answers for each image of its list with the manifest that stands there, under the head of another manifest. */
    void answersForTheImagesOfItsList() throws IOException {
        Answer head = answer("flow", "flow-095");
        for (JsonNode image : images()) {
            Map<String, String> headers = new HashMap<>(head.headers());
            headers.keySet().removeIf(name -> name.equalsIgnoreCase("etag"));
            answers.put(
                    "/images/" + image.path("uuid").asText(),
                    new Answer(head.status(), headers, image.toPrettyString()));
        }
    }

    /** The images of its list, as it said them. */
    JsonNode images() throws IOException {
        return JSON.readTree(answer("list", "list-024").body());
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What it was asked for, in order. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    private void reply(HttpExchange exchange) throws IOException {
        String target = exchange.getRequestURI().toString();
        requests.add(target);
        Answer answer = Optional.ofNullable(answers.get(target)).orElse(missing);
        answer.headers().forEach((name, value) -> {
            if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                exchange.getResponseHeaders().set(name, value);
            }
        });
        byte[] body = body(answer);
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
    }

    private static byte[] body(Answer answer) {
        return answer.body().startsWith("<")
                ? new byte[Integer.parseInt(answer.headers().getOrDefault("content-length", "0"))]
                : answer.body().getBytes(UTF_8);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
