package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.imageserver.Golden;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the recorded peer answers to reads, ours answers too: status, code, message, errors, and manifests with their
 * fields in the same order. Headers, dates and entity tags are each server's own.
 */
class GoldenReadsTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String FLOW_IMAGE = "a14fb17b-8b77-46bf-ac43-5e9d02de7957";

    /** Entity tags there, and whose they are: ours are others. */
    private static final Map<String, String> FLOW_TAGS = Map.of(
            "935e6cf6ff4180b7faf185f6a955d1bd2390dd58", "/images/" + FLOW_IMAGE,
            "524ad6f77329e4661701b602aa412fee18fdd764", "/images/" + FLOW_IMAGE + "/file");

    @TempDir
    private static Path directory;

    private static TestServer five;
    private static TestServer flow;

    @BeforeAll
    static void start() throws IOException {
        five = server("five", answer("list", "list-001"));
        flow = server("flow", answer("flow", "flow-084"));
        flow.images().put(FLOW_IMAGE, "icon.png", "an icon");
        Files.setLastModifiedTime(
                flow.images().directory().resolve(FLOW_IMAGE).resolve("file"),
                FileTime.from(Instant.parse("2026-11-22T20:27:27Z")));
        flow.rescan();
        // The recorded bytes are not known: ours get a tag of their own when they have been read.
        await().until(() -> !FLOW_TAGS.containsKey(tag("/images/" + FLOW_IMAGE + "/file")));
    }

    private static String tag(String target) {
        String tag = flow.send("HEAD", target).headers().firstValue("etag").orElseThrow();
        return tag.replace("\"", "");
    }

    private static TestServer server(String name, JsonNode manifests) throws IOException {
        TestServer server = TestServer.start(Files.createDirectories(directory.resolve(name)));
        for (JsonNode manifest : manifests.isArray() ? manifests : List.of(manifests)) {
            String uuid = manifest.path("uuid").asText();
            server.images()
                    .put(uuid, "file", new byte[manifest.at("/files/0/size").intValue()]);
            server.images().put(uuid, "manifest.json", manifest.toPrettyString());
        }
        server.rescan();
        return server;
    }

    @AfterAll
    static void stop() {
        five.close();
        flow.close();
    }

    static List<Golden.Step> onFiveImages() {
        return Stream.of("ping", "list")
                .flatMap(name -> Golden.steps(name).stream())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("onFiveImages")
    void pingAndLists(Golden.Step step) {
        check(step, replay(five, step));
    }

    /** The reads of the walk through an image's life, those while it is active. */
    static List<Golden.Step> onAnActiveImage() {
        return Golden.steps("flow").stream()
                .filter(step -> step.id().compareTo("flow-084") >= 0
                        && step.id().compareTo("flow-123") < 0
                        && step.body() instanceof Golden.Body.None)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("onAnActiveImage")
    void manifestAndFile(Golden.Step step) {
        check(step, replay(flow, step));
    }

    @Test
    void theTableHasNoStepThatIsGone() {
        List<String> ids = new ArrayList<>();
        onFiveImages().forEach(step -> ids.add(step.id()));
        onAnActiveImage().forEach(step -> ids.add(step.id()));
        assertThat(ids).containsAll(differences().keySet()).hasSizeGreaterThan(150);
    }

    private static HttpResponse<String> replay(TestServer server, Golden.Step step) {
        List<String> headers = new ArrayList<>();
        step.headers().forEach((name, value) -> headers.addAll(List.of(name, withOurTag(value))));
        return server.send(step.method(), step.target(), headers.toArray(String[]::new));
    }

    private static String withOurTag(String header) {
        return FLOW_TAGS.entrySet().stream()
                .filter(tag -> header.contains(tag.getKey()))
                .findFirst()
                .map(tag -> header.replace(tag.getKey(), tag(tag.getValue())))
                .orElse(header);
    }

    private static void check(Golden.Step step, HttpResponse<String> ours) {
        String difference = differences().get(step.id());
        if (difference != null) {
            assertThat(describe(ours)).isEqualTo(difference);
            assertThat(step.answer().map(peer -> isSame(peer, ours)))
                    .as("a difference that is none")
                    .isNotEqualTo(Optional.of(true));
            return;
        }
        Golden.Answer peer = step.answer().orElseThrow();
        if (peer.body().contains("do not have a sample")) {
            // Every error of ours has one.
            String code = step.target().substring("/ping?error=".length());
            ErrorCode error = ErrorCode.named(code).orElseThrow();
            assertThat(describe(ours)).startsWith(error.status() + " " + error.name() + ": ");
            return;
        }
        assertThat(ours.statusCode()).isEqualTo(peer.status());
        assertThat(normal(ours.body(), peer.body())).isEqualTo(normal(peer.body(), peer.body()));
    }

    private static boolean isSame(Golden.Answer peer, HttpResponse<String> ours) {
        return peer.status() == ours.statusCode()
                && normal(peer.body(), peer.body()).equals(normal(ours.body(), peer.body()));
    }

    /** Compact JSON in its own order; nothing where the peer sent none. Versions of servers are their own. */
    private static String normal(String body, String peers) {
        if (!peers.startsWith("{") && !peers.startsWith("[")) {
            return "";
        }
        return compact(body)
                .replaceAll("(?<=didn't match etag )'[0-9a-f]{40}'", "'...'")
                .replaceAll("(?<=\"version\":)\"[^\"]*\"(?=,\"imgapi\")", "\"...\"");
    }

    private static String describe(HttpResponse<String> answer) {
        StringBuilder text = new StringBuilder().append(answer.statusCode());
        if (answer.body().startsWith("[")) {
            TestServer.json(answer)
                    .forEach(image -> text.append(' ').append(image.path("name").asText()));
        } else if (answer.body().startsWith("{\"code\"")) {
            ObjectNode error = (ObjectNode) TestServer.json(answer);
            text.append(' ').append(error.path("code").asText());
            text.append(": ").append(error.path("message").asText());
            error.path("errors")
                    .forEach(field -> text.append(" (")
                            .append(field.path("field").asText())
                            .append(')'));
        }
        return text.toString();
    }

    private static Map<String, String> differences() {
        Map<String, String> differences = new TreeMap<>();
        Golden.resource("/golden/differences-reads.txt")
                .lines()
                .filter(line -> line.contains(" | "))
                .map(line -> line.split(" \\| ", 2))
                .forEach(parts -> differences.put(parts[0], parts[1]));
        return differences;
    }

    private static JsonNode answer(String transcript, String id) {
        return json(Golden.steps(transcript).stream()
                .filter(step -> step.id().equals(id))
                .findFirst()
                .flatMap(Golden.Step::answer)
                .orElseThrow()
                .body());
    }

    private static String compact(String body) {
        return json(body).toString();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
