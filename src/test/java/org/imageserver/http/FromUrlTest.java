package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** AddImageFileFromUrl: what is fetched, and what is never asked for. */
class FromUrlTest {
    private static final byte[] BYTES = "the bytes of a file".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    private final HostileSource source = new HostileSource();

    @AfterEach
    void stop() {
        source.close();
    }

    private static HttpResponse<String> fetch(TestServer server, String uuid, String url) {
        return Publishing.post(
                server, "/images/" + uuid + "/file/from-url?compression=none", "{\"file_url\": \"" + url + "\"}");
    }

    @Test
    void takesTheFileThatLiesThere() {
        source.onBytes("/file", BYTES);
        try (TestServer server = TestServer.start(directory, Publishing.OPEN)) {
            String uuid = Publishing.create(server, "fetched");
            HttpResponse<String> answer = fetch(server, uuid, source.url("/file"));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(TestServer.json(answer).at("/files/0/sha1").asText()).isEqualTo(TestImages.sha1(BYTES));
            assertThat(server.send("POST", "/images/" + uuid + "?action=activate")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(server.getBytes("/images/" + uuid + "/file").body()).isEqualTo(BYTES);
            assertThat(fetch(server, uuid, source.url("/file")).body()).contains("ImageFilesImmutable");
        }
    }

    @Test
    void tellsHowFarItIs() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        source.on("/slow", exchange -> {
            exchange.sendResponseHeaders(200, BYTES.length);
            exchange.getResponseBody().write(BYTES, 0, 10);
            exchange.getResponseBody().flush();
            awaitLatch(goOn);
            exchange.getResponseBody().write(BYTES, 10, BYTES.length - 10);
        });
        try (TestServer server = TestServer.start(directory, Publishing.OPEN);
                ExecutorService client = Executors.newSingleThreadExecutor()) {
            String uuid = Publishing.create(server, "fetched");
            Future<HttpResponse<String>> answer = client.submit(() -> fetch(server, uuid, source.url("/slow")));
            await().until(() -> job(server, uuid).at("/progress/bytes").asLong() == 10);
            JsonNode running = job(server, uuid);
            assertThat(running.path("name").asText()).isEqualTo("fetch-image-file");
            assertThat(running.path("execution").asText()).isEqualTo("running");
            assertThat(running.at("/progress/total_bytes").asLong()).isEqualTo(BYTES.length);
            assertThat(running.at("/progress/rate").isIntegralNumber()).isTrue();
            assertThat(running.at("/params/source").asText())
                    .as("a path may be a secret")
                    .isEqualTo("127.0.0.1");
            assertThat(server.get("/status").body()).contains("fetch the file of " + uuid);
            goOn.countDown();
            assertThat(answer.get().statusCode()).isEqualTo(200);
            assertThat(job(server, uuid).path("execution").asText()).isEqualTo("succeeded");
            assertThat(job(server, uuid).at("/progress/bytes").asLong()).isEqualTo(BYTES.length);
            String other = Publishing.create(server, "not fetched");
            fetch(server, other, source.url("/missing"));
            assertThat(job(server, other).path("execution").asText()).isEqualTo("failed");
            assertThat(job(server, other).at("/chain_results/0/error").asText()).contains("HTTP status 404");
        }
    }

    private static JsonNode job(TestServer server, String uuid) {
        return TestServer.json(server.get("/images/" + uuid + "/jobs")).path(0);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void followsRedirectsButNotForEver() {
        source.onBytes("/file", BYTES).onRedirect("/once", "/file").onRedirect("/round", "/round");
        try (TestServer server = TestServer.start(directory, Publishing.OPEN)) {
            String uuid = Publishing.create(server, "redirected");
            assertThat(fetch(server, uuid, source.url("/round")).body())
                    .contains("\"code\":\"Download\"", "redirects more than 5 times");
            assertThat(fetch(server, uuid, source.url("/once")).statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://127.0.0.1/x", "https://user:secret@127.0.0.1/x"})
    void followsNoRedirectToAnotherKindOfUrl(String location) {
        source.onRedirect("/away", location);
        try (TestServer server = TestServer.start(directory, Publishing.OPEN)) {
            String uuid = Publishing.create(server, "redirected");
            HttpResponse<String> answer = fetch(server, uuid, source.url("/away"));
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("\"code\":\"Download\"", "redirects to a URL that is not followed");
        }
    }

    @Test
    void keepsNothingOfABodyThatIsCutShort() {
        source.on("/cut", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(BYTES);
            exchange.getResponseBody().flush();
        });
        try (TestServer server = TestServer.start(directory, Publishing.OPEN)) {
            String uuid = Publishing.create(server, "cut");
            HttpResponse<String> answer = fetch(server, uuid, source.url("/cut"));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body()).contains("\"code\":\"Download\"", "broke off");
            assertThat(TestServer.json(server.get("/images/" + uuid)).path("files"))
                    .isEmpty();
            assertThat(directory.resolve("images").resolve(uuid).toFile().list())
                    .containsExactly("manifest.json");
        }
    }

    @Test
    void waitsOnlySoLongForASilentServer() {
        source.on("/silent", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(BYTES);
            exchange.getResponseBody().flush();
            awaitInterrupt();
        });
        try (TestServer server = TestServer.start(directory, Publishing.OPEN + ", \"idle_seconds\": 1")) {
            String uuid = Publishing.create(server, "silent");
            assertThat(fetch(server, uuid, source.url("/silent")).body())
                    .contains("\"code\":\"Download\"", "sent nothing for 1 s");
        }
    }

    /** As many as the threads for other changes are: what takes an hour must not hold up what takes a moment. */
    @Test
    void fetchingManyFilesHoldsUpNoOtherChange() throws Exception {
        int fetches = 8;
        CountDownLatch asked = new CountDownLatch(fetches);
        CountDownLatch mayGo = new CountDownLatch(1);
        source.on("/slow", exchange -> {
            asked.countDown();
            awaitQuietly(mayGo);
            exchange.sendResponseHeaders(200, BYTES.length);
            exchange.getResponseBody().write(BYTES);
        });
        try (TestServer server = TestServer.start(directory, Publishing.OPEN);
                ExecutorService clients = Executors.newFixedThreadPool(fetches)) {
            List<Future<HttpResponse<String>>> running = new ArrayList<>();
            for (int count = 0; count < fetches; count++) {
                String uuid = Publishing.create(server, "slow");
                running.add(clients.submit(() -> fetch(server, uuid, source.url("/slow"))));
            }
            asked.await();
            Publishing.create(server, "quick");
            assertThat(running).noneMatch(Future::isDone);
            mayGo.countDown();
            for (Future<HttpResponse<String>> fetched : running) {
                assertThat(fetched.get().statusCode()).isEqualTo(200);
            }
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitInterrupt() {
        awaitQuietly(new CountDownLatch(1));
    }

    @Test
    void saysWhatTheOtherServerAnswered() {
        source.on("/gone", exchange -> exchange.sendResponseHeaders(404, -1)).onBytes("/empty", new byte[0]);
        try (TestServer server = TestServer.start(directory, Publishing.OPEN)) {
            String uuid = Publishing.create(server, "gone");
            assertThat(fetch(server, uuid, source.url("/gone")).body()).contains("Download", "HTTP status 404");
            assertThat(fetch(server, uuid, "http://127.0.0.1:1/x").body())
                    .contains("Download", "Error getting image: 127.0.0.1:1: connection refused");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "localhost",
                "10.1.2.3",
                "192.168.1.1",
                "172.16.0.1",
                "169.254.169.254",
                "100.64.0.1",
                "0.0.0.0",
                "[::1]",
                "[fe80::1]",
                "[fd00::1]",
                "[::ffff:127.0.0.1]",
                "[64:ff9b::7f00:1]",
                "[2002:7f00:1::]"
            })
    void asksNoAddressOfItsOwnNetworks(String host) {
        try (TestServer server = TestServer.start(directory, "\"anonymous_writes\": true")) {
            String uuid = Publishing.create(server, "inward");
            HttpResponse<String> answer = fetch(server, uuid, "https://" + host + ":1/x");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body()).contains("\"code\":\"Download\"", "not of the public internet");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                  | {\"file_url\": \"https://127.0.0.1:1/x\"} | 422 | missing \\\"compression\\\"",
                "?compression=zip  | {\"file_url\": \"https://127.0.0.1:1/x\"} | 422 | invalid compression \\\"zip\\\" (must be",
                "?compression=gzip | {}                | 422 | missing \\\"file_url\\\" field from request body",
                "?compression=gzip | {\"file_url\": 5} | 422 | not a string",
                "?compression=gzip | {\"file_url\": \"http://127.0.0.1:1/x\"} | 422 | Only URLs using the https: scheme are",
                "?compression=gzip | {\"file_url\": \"https:x\"} | 422 | names no host",
                "?compression=gzip | {\"file_url\": \"https://127.0.0.1:99999/x\"} | 422 | there is no port 99999",
                "?compression=gzip | {                | 400 | Invalid JSON",
                "?compression=gzip | ''               | 422 | missing request body"
            })
    void refusesWhatTheOldServerRefusesOrDiesOf(String query, String body, int status, String message) {
        try (TestServer server = TestServer.start(directory, "\"anonymous_writes\": true")) {
            String uuid = Publishing.create(server, "refused");
            HttpResponse<String> answer =
                    Publishing.post(server, "/images/" + uuid + "/file/from-url" + (query == null ? "" : query), body);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
            assertThat(answer.body()).contains(message);
            assertThat(server.get("/images/" + uuid + "/file/from-url").statusCode())
                    .isEqualTo(405);
        }
    }
}
