package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** AdminImportRemoteImage: an image and its origins come in the background. */
class ImportRemoteTest {
    private static final byte[] BASE = "the bytes of an origin".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BYTES = "the bytes of an increment".getBytes(StandardCharsets.UTF_8);
    private static final String UNKNOWN = "a14fb17b-8b77-46bf-ac43-5e9d02de7957";

    @TempDir
    private Path here;

    @TempDir
    private Path there;

    private static HttpResponse<String> importRemote(TestServer server, String uuid, String source) {
        return server.send("POST", "/images/" + uuid + "?action=import-remote&skip_owner_check=true&source=" + source);
    }

    private static JsonNode finished(TestServer server, HttpResponse<String> begun) {
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(200);
        URI workflow = URI.create(begun.headers().firstValue("workflow-api").orElseThrow());
        assertThat(workflow).isEqualTo(server.uri(""));
        String job = "/jobs/" + TestServer.json(begun).path("job_uuid").asText();
        return await().until(
                        () -> TestServer.json(server.get(job)),
                        found -> !found.path("execution").asText().matches("queued|running"));
    }

    @Test
    void bringsAnImageAfterItsOrigin() {
        try (TestServer peer = TestServer.start(there, Publishing.OPEN);
                TestServer server = TestServer.start(here, Publishing.OPEN)) {
            String origin = Publishing.publish(peer, "origin", BASE, "");
            String uuid = Publishing.publish(peer, "increment", BYTES, "&origin=" + origin);
            HttpResponse<String> begun = importRemote(server, uuid, peer.uri("").toString());
            assertThat(TestServer.json(begun).path("image_uuid").asText()).isEqualTo(uuid);
            JsonNode job = finished(server, begun);
            assertThat(job.path("execution").asText()).as(job.toString()).isEqualTo("succeeded");
            assertThat(job.path("chain_results"))
                    .extracting(step -> step.path("name").asText())
                    .containsExactly("import " + origin, "import " + uuid);
            assertThat(job.at("/progress/bytes").asLong()).isEqualTo(BASE.length + BYTES.length);
            assertThat(job.at("/progress/total_bytes").asLong()).isEqualTo(BASE.length + BYTES.length);
            assertThat(TestServer.json(server.get("/images"))).isEqualTo(TestServer.json(peer.get("/images")));
            assertThat(server.getBytes("/images/" + uuid + "/file").body()).isEqualTo(BYTES);
            assertThat(TestServer.json(server.get("/images/" + uuid + "/jobs?execution=succeeded")))
                    .containsExactly(job);
            assertThat(TestServer.json(server.get("/images/" + uuid + "/jobs?execution=failed")))
                    .isEmpty();
            assertThat(importRemote(server, uuid, peer.uri("").toString()).statusCode())
                    .isEqualTo(409);
        }
    }

    @Test
    void keepsNothingOfAnImageWhoseFileIsNotTheOneOfItsManifest() {
        try (HostileSource peer = new HostileSource();
                TestServer server = TestServer.start(here, Publishing.OPEN)) {
            peer.onBytes("/images/" + UNKNOWN, manifest()).onBytes("/images/" + UNKNOWN + "/file", BASE);
            JsonNode job = finished(server, importRemote(server, UNKNOWN, peer.url("")));
            assertThat(job.path("execution").asText()).isEqualTo("failed");
            assertThat(job.at("/chain_results/0/error").asText()).contains("does not match the uploaded file");
            assertThat(server.get("/images/" + UNKNOWN).statusCode()).isEqualTo(404);
            assertThat(remains(server)).isEmpty();
        }
    }

    /** A crash at this moment would leave what is on disk then: some bytes that no manifest names, which are swept. */
    @Test
    void showsNothingOfAnImageThatIsHalfHereAndKeepsNothingWhenTheSourceBreaks() {
        CountDownLatch halfWay = new CountDownLatch(1);
        CountDownLatch mayBreak = new CountDownLatch(1);
        try (HostileSource peer = new HostileSource();
                TestServer server = TestServer.start(here, Publishing.OPEN)) {
            peer.onBytes("/images/" + UNKNOWN, manifest()).on("/images/" + UNKNOWN + "/file", exchange -> {
                exchange.sendResponseHeaders(200, BYTES.length);
                exchange.getResponseBody().write(BYTES, 0, BYTES.length / 2);
                exchange.getResponseBody().flush();
                halfWay.countDown();
                awaitQuietly(mayBreak);
            });
            HttpResponse<String> begun = importRemote(server, UNKNOWN, peer.url(""));
            awaitQuietly(halfWay);
            server.rescan();
            assertThat(server.get("/images/" + UNKNOWN).statusCode()).isEqualTo(404);
            assertThat(server.get("/images?state=all").body()).isEqualTo("[]");
            assertThat(remains(server)).doesNotContain("manifest.json");
            mayBreak.countDown();
            assertThat(finished(server, begun).at("/chain_results/0/error").asText())
                    .contains("broke off");
            assertThat(remains(server)).isEmpty();
        }
    }

    private static byte[] manifest() {
        return manifest(UNKNOWN);
    }

    private static byte[] manifest(String uuid) {
        ObjectNode manifest =
                TestImages.manifest(uuid, BYTES).put("type", "other").put("os", "other");
        ((ObjectNode) manifest.at("/files/0")).put("compression", "none");
        return manifest.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** What lies in the image's directory. */
    private static List<String> remains(TestServer server) {
        String[] names = server.images().directory().resolve(UNKNOWN).toFile().list();
        return names == null ? List.of() : List.of(names);
    }

    @Test
    void bringsTheIcon() {
        byte[] icon = {1, 2, 3};
        try (TestServer peer = TestServer.start(there, Publishing.OPEN);
                TestServer server = TestServer.start(here, Publishing.OPEN)) {
            String uuid = Publishing.publish(peer, "with-icon", BYTES, "");
            Publishing.send(peer, "PUT", "/images/" + uuid + "/icon", icon, "Content-Type", "image/gif");
            JsonNode job =
                    finished(server, importRemote(server, uuid, peer.uri("").toString()));
            assertThat(job.path("execution").asText()).as(job.toString()).isEqualTo("succeeded");
            HttpResponse<byte[]> brought = server.getBytes("/images/" + uuid + "/icon");
            assertThat(brought.body()).isEqualTo(icon);
            assertThat(brought.headers().firstValue("content-type")).contains("image/gif");
            assertThat(TestServer.json(server.get("/images"))).isEqualTo(TestServer.json(peer.get("/images")));
        }
    }

    @Test
    void doesNotImportTheSameImageTwiceAtOnce() {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch mayGo = new CountDownLatch(1);
        try (HostileSource peer = new HostileSource();
                TestServer server = TestServer.start(here, Publishing.OPEN)) {
            peer.onBytes("/images/" + UNKNOWN, manifest()).on("/images/" + UNKNOWN + "/file", exchange -> {
                asked.countDown();
                awaitQuietly(mayGo);
                exchange.sendResponseHeaders(200, BYTES.length);
                exchange.getResponseBody().write(BYTES);
            });
            HttpResponse<String> first = importRemote(server, UNKNOWN, peer.url(""));
            awaitQuietly(asked);
            HttpResponse<String> second = importRemote(server, UNKNOWN, peer.url(""));
            mayGo.countDown();
            assertThat(second.statusCode()).isEqualTo(409);
            assertThat(finished(server, first).path("execution").asText()).isEqualTo("succeeded");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One is being fetched and a hundred wait: no more are taken, and each image may be asked for again later. */
    @Test
    void takesOnlySoManyImportsAtOnce() {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch mayGo = new CountDownLatch(1);
        try (HostileSource peer = new HostileSource();
                TestServer server = TestServer.start(here, Publishing.OPEN)) {
            peer.on("/images/", exchange -> {
                String path = exchange.getRequestURI().getPath();
                if (path.endsWith("/file")) {
                    asked.countDown();
                    awaitQuietly(mayGo);
                    return;
                }
                byte[] manifest = manifest(path.substring("/images/".length()));
                exchange.sendResponseHeaders(200, manifest.length);
                exchange.getResponseBody().write(manifest);
            });
            String first = TestImages.uuid(0);
            assertThat(importRemote(server, first, peer.url("")).statusCode()).isEqualTo(200);
            awaitQuietly(asked);
            for (int number = 1; number <= 100; number++) {
                assertThat(importRemote(server, TestImages.uuid(number), peer.url(""))
                                .statusCode())
                        .as("number %d", number)
                        .isEqualTo(200);
            }
            HttpResponse<String> refused = importRemote(server, TestImages.uuid(101), peer.url(""));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body())
                    .isEqualTo("{\"code\":\"ServiceUnavailableError\","
                            + "\"message\":\"100 imports are waiting already; try again later\"}");
            assertThat(TestServer.json(server.get("/images/" + TestImages.uuid(101) + "/jobs")))
                    .isEmpty();
            assertThat(TestServer.json(server.get("/images/" + TestImages.uuid(100) + "/jobs?execution=queued")))
                    .hasSize(1);
            mayGo.countDown();
            await().untilAsserted(() -> assertThat(importRemote(server, TestImages.uuid(101), peer.url(""))
                            .statusCode())
                    .isEqualTo(200));
        }
    }

    @Test
    void followsNoCircleOfOrigins() {
        try (HostileSource peer = new HostileSource();
                TestServer server = TestServer.start(here, Publishing.OPEN)) {
            ObjectNode manifest = TestImages.manifest(UNKNOWN, BYTES).put("origin", UNKNOWN);
            peer.onBytes("/images/" + UNKNOWN, manifest.toString().getBytes(StandardCharsets.UTF_8));
            JsonNode job = finished(server, importRemote(server, UNKNOWN, peer.url("")));
            assertThat(job.path("execution").asText()).isEqualTo("failed");
            assertThat(job.at("/chain_results/0/error").asText()).contains("never end");
        }
    }

    @Test
    void saysAtOnceWhatCannotBegin() {
        try (TestServer peer = TestServer.start(there, Publishing.OPEN);
                TestServer server = TestServer.start(here, Publishing.OPEN)) {
            assertThat(importRemote(server, UNKNOWN, peer.uri("").toString()).body())
                    .contains("RemoteSourceError", "image " + UNKNOWN + " not found");
            assertThat(importRemote(server, UNKNOWN, "").body()).contains("missing \\\"source\\\"");
            assertThat(server.get("/jobs/" + UNKNOWN).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void isForAdmins() {
        try (TestServer server = TestServer.start(here)) {
            assertThat(importRemote(server, UNKNOWN, "https://127.0.0.1:1").statusCode())
                    .isEqualTo(401);
            assertThat(server.get("/images/" + UNKNOWN + "/jobs").statusCode()).isEqualTo(401);
            assertThat(server.send("POST", "/authkeys/reload").statusCode()).isEqualTo(401);
        }
    }
}
