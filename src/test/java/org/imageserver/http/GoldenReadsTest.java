package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

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
    /** Where ours answers otherwise on purpose: the step, then ours. */
    private static final String DIFFERENCES = """
            # Every GET answers HEAD. The peer does not.
            ping-002 | 200
            list-078 | 200
            list-079 | 200
            flow-085 | 200
            flow-107 | 200

            # OPTIONS is for browsers that read from another site.
            ping-005 | 204

            # The samples have values. Those of the peer lack them.
            ping-015 | 409 ImageUuidAlreadyExists: image uuid "ed8cd007-2065-0140-8d41-e32247b71748" already exists
            ping-021 | 503 RemoteSourceError: error from the remote source
            ping-022 | 503 RemoteSourceError: error from the remote source

            # The peer's process died.
            list-022 | 422 InvalidParameter: invalid value for "public" param: "garbage" is not a boolean (public)
            list-040 | 200
            list-041 | 200
            list-066 | 422 InvalidParameter: invalid 'sort': not a valid sorting attribute: 'a,b' (sort)

            # The peer's error on a limit names another field.
            list-045 | 422 InvalidParameter: invalid limit: "abc" (limit)
            list-047 | 422 InvalidParameter: invalid limit: "1,2" (limit)

            # The newest two. The peer cuts before it sorts.
            list-062 | 200 alphabet same-date

            # Lists have entity tags.
            list-080 | 304

            # A part of a file can be had, and files have entity tags that match.
            flow-108 | 304
            flow-109 | 304
            flow-113 | 206

            # What is no number is no index.
            flow-116 | 422 InvalidParameter: invalid index: "abc" (index)
            """;

    private static final JsonMapper JSON = new JsonMapper();
    private static final String FLOW_IMAGE = "a14fb17b-8b77-46bf-ac43-5e9d02de7957";

    /** The manifest's tag there; ours is another. */
    private static final String FLOW_ETAG = "935e6cf6ff4180b7faf185f6a955d1bd2390dd58";

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
        check(step, replay(five, step, ""));
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
        String etag =
                flow.get("/images/" + FLOW_IMAGE).headers().firstValue("etag").orElseThrow();
        check(step, replay(flow, step, etag.replace("\"", "")));
    }

    @Test
    void theTableHasNoStepThatIsGone() {
        List<String> ids = new ArrayList<>();
        onFiveImages().forEach(step -> ids.add(step.id()));
        onAnActiveImage().forEach(step -> ids.add(step.id()));
        assertThat(ids).containsAll(differences().keySet()).hasSizeGreaterThan(150);
    }

    private static HttpResponse<String> replay(TestServer server, Golden.Step step, String etag) {
        List<String> headers = new ArrayList<>();
        step.headers().forEach((name, value) -> headers.addAll(List.of(name, value.replace(FLOW_ETAG, etag))));
        return server.send(step.method(), step.target(), headers.toArray(String[]::new));
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
        DIFFERENCES
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
