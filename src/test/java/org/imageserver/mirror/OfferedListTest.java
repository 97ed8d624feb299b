package org.imageserver.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The images of others in the lists of this server. */
class OfferedListTest extends WithUpstream {
    private static final byte[] BYTES = {1, 2, 3};

    private TestServer serveToAll(String keys) {
        return serve("\"anonymous_writes\": true, \"sources\": [" + source(upstream, "on-demand", keys) + "]");
    }

    private long asked(String path) {
        return upstream.requests().stream()
                .filter(line -> line.startsWith(path))
                .count();
    }

    @Test
    void survivesTheDeathOfTheSourceAndARestartAndSaysHowOldItIs() {
        String uuid = upstream.add(1, "base", BYTES);
        String tag;
        try (TestServer server = serveToAll("")) {
            awaitKnown(server, uuid);
            HttpResponse<String> fresh = server.get("/images");
            tag = fresh.headers().firstValue("ETag").orElseThrow();
            await().atMost(SOON)
                    .until(() -> server.get("/images")
                            .headers()
                            .firstValue("Warning")
                            .isEmpty());
        }
        upstream.close();
        try (TestServer server = serveToAll("")) {
            HttpResponse<String> stale = server.get("/images");
            assertThat(stale.headers().firstValue("ETag")).hasValue(tag);
            assertThat(stale.body()).contains(uuid);
            assertThat(stale.headers().firstValueAsLong("Age")).isPresent();
            assertThat(stale.headers().firstValue("Warning").orElseThrow()).startsWith("110 ");
            assertThat(server.get("/datasets").headers().firstValue("Warning")).isPresent();
            assertThat(server.get("/images/" + uuid).statusCode()).isEqualTo(200);
            assertThat(server.get("/images/" + uuid + "/file").statusCode()).isEqualTo(503);
            assertThat(TestServer.json(server.get("/status", "Accept", "application/json"))
                            .has("offered_as_of"))
                    .isTrue();
            await().atMost(SOON)
                    .until(() -> server.log().warnings().stream()
                            .anyMatch(line -> line.contains("minutes old, is shown until it can")));
        }
    }

    @Test
    void countsOnlyWhatIsKeptHere() {
        String uuid = upstream.add(1, "base", BYTES);
        try (TestServer server = serve(
                "\"metrics_listen\": [\"127.0.0.1:0\"], \"sources\": [" + source(upstream, "on-demand", "") + "]")) {
            awaitKnown(server, uuid);
            server.images().add(2, new byte[100]);
            server.rescan();
            assertThat(server.get(server.watched("/metrics")).body())
                    .contains("imageserver_images{os=\"smartos\",state=\"active\"} 1.0\n")
                    .contains("imageserver_file_bytes 100.0\n");
        }
    }

    @Test
    void asksForTheListOnTheDiskByItsTag() {
        String uuid = upstream.add(1, "base", BYTES);
        try (TestServer server = serveToAll("")) {
            awaitKnown(server, uuid);
        }
        try (TestServer server = serveToAll("")) {
            await().atMost(SOON)
                    .until(() -> server.get("/images")
                            .headers()
                            .firstValue("Warning")
                            .isEmpty());
            assertThat(server.names("/images")).containsExactly("base");
            assertThat(upstream.unchanged()).isOne();
        }
    }

    @Test
    void showsWhatTheFilterChoosesAndWhatThatBuildsOn() {
        upstream.add(1, "lts", BYTES);
        upstream.add(2, "lts", BYTES);
        upstream.add(3, "lts", BYTES);
        String origin = upstream.add(4, "other", BYTES);
        upstream.add(5, "unwanted", BYTES);
        String last = upstream.add(6, "lts", BYTES);
        upstream.manifest(last).put("origin", origin);
        try (TestServer server = serveToAll(", \"filter\": {\"name\": \"lts\"}, \"newest\": 2")) {
            awaitKnown(server, last);
            assertThat(server.names("/images")).containsExactly("lts", "other", "lts");
            assertThat(server.get("/images").body())
                    .contains(TestImages.uuid(3))
                    .doesNotContain(TestImages.uuid(2));
        }
    }

    @Test
    void prefersWhatIsHere() {
        String uuid = upstream.add(1, "theirs", BYTES);
        String other = upstream.add(2, "other", BYTES);
        try (TestServer server = serveToAll("")) {
            awaitKnown(server, other);
            server.images().add(1, manifest -> manifest.put("name", "ours"));
            server.rescan();
            assertThat(TestServer.json(server.get("/images/" + uuid))
                            .path("name")
                            .asText())
                    .isEqualTo("ours");
            assertThat(server.names("/images")).containsExactlyInAnyOrder("ours", "other");
            assertThat(server.send("DELETE", "/images/" + uuid).statusCode()).isEqualTo(204);
            assertThat(server.names("/images")).containsExactlyInAnyOrder("theirs", "other");
        }
    }

    @Test
    void asksTheSourceForWhatItsListDoesNotShow() {
        String known = upstream.add(1, "base", BYTES);
        try (TestServer server = serveToAll("")) {
            awaitKnown(server, known);
            String uuid = upstream.add(2, "newer", BYTES);
            assertThat(TestServer.json(server.get("/images/" + uuid))
                            .path("name")
                            .asText())
                    .isEqualTo("newer");
            String another = upstream.add(3, "newest", BYTES);
            assertThat(server.getBytes("/images/" + another + "/file").body()).isEqualTo(BYTES);
            String dataset = upstream.add(4, "dataset", BYTES);
            assertThat(server.get("/datasets/" + dataset).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void showsAPageOfWhatTheListDoesNotShow() {
        String known = upstream.add(1, "base", BYTES);
        try (TestServer server = serveToAll("")) {
            awaitKnown(server, known);
            String uuid = upstream.add(2, "newer", BYTES);
            HttpResponse<String> page = server.get("/i/" + uuid, "Accept", "text/html");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("newer", uuid);
            HttpResponse<String> missing = server.get("/i/" + TestImages.uuid(99), "Accept", "text/html");
            assertThat(missing.statusCode()).isEqualTo(404);
            assertThat(missing.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/html");
            assertThat(missing.body()).contains("Not found", TestImages.uuid(99));
        }
    }

    @Test
    void asksTheSourceOnceForWhatItDoesNotHave() {
        String known = upstream.add(1, "base", BYTES);
        try (TestServer server = serveToAll("")) {
            awaitKnown(server, known);
            String uuid = TestImages.uuid(99);
            for (int number = 0; number < 5; number++) {
                assertThat(server.get("/images/" + uuid).statusCode()).isEqualTo(404);
                assertThat(server.get("/images/" + uuid + "/file").statusCode()).isEqualTo(404);
            }
            assertThat(asked("/images/" + uuid)).isOne();
        }
    }

    @Test
    void takesNothingForMissingOnlyBecauseTheSourceCouldNotSay() {
        String known = upstream.add(1, "base", BYTES);
        try (TestServer server = serveToAll("")) {
            awaitKnown(server, known);
            String uuid = upstream.add(2, "newer", BYTES);
            upstream.answerWith(503);
            assertThat(server.get("/images/" + uuid).statusCode()).isEqualTo(404);
            upstream.answerWith(200);
            await().atMost(SOON).until(() -> server.get("/images/" + uuid).statusCode() == 200);
        }
    }

    @Test
    void asksForNothingThatTheOperatorDoesNotWant() {
        String known = upstream.add(1, "base", BYTES);
        String unwanted = upstream.add(2, "other", BYTES);
        try (TestServer server = serveToAll(", \"filter\": {\"name\": \"base\"}")) {
            awaitKnown(server, known);
            assertThat(server.get("/images/" + unwanted).statusCode()).isEqualTo(404);
            assertThat(server.get("/images/" + unwanted + "/file").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void showsPrivateImagesToThoseAloneWhoMaySeeThem() {
        String secret = upstream.add(1, "secret", BYTES);
        upstream.manifest(secret).put("public", false);
        String known = upstream.add(2, "base", BYTES);
        try (TestServer server =
                serve("\"mode\": \"private\", \"sources\": [" + source(upstream, "on-demand", "") + "]")) {
            awaitKnown(server, secret);
            assertThat(server.names("/images")).doesNotContain("secret");
            assertThat(server.get("/images/" + secret).statusCode()).isEqualTo(404);
            assertThat(server.get("/images/" + secret + "/file").statusCode()).isEqualTo(404);
            assertThat(asked("/images/" + secret + "/file")).isZero();
            assertThat(known).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"DELETE,", "POST,?action=disable", "POST,?action=update", "POST,/acl?action=add", "DELETE,/icon"})
    void refusesToChangeWhatIsOnlyOffered(String method, String rest) {
        String uuid = upstream.add(1, "base", BYTES);
        try (TestServer server = serveToAll("")) {
            awaitKnown(server, uuid);
            HttpResponse<String> answer = server.send(
                    method,
                    "/images/" + uuid + (rest == null ? "" : rest),
                    BodyPublishers.ofString(
                            String.valueOf(rest).contains("acl") ? "[\"" + uuid + "\"]" : "{\"description\": \"x\"}"),
                    "Content-Type",
                    "application/json");
            assertThat(answer.statusCode()).isEqualTo(422);
            assertThat(answer.body()).contains("offered by another server");
            assertThat(server.names("/images")).containsExactly("base");
        }
    }

    @Test
    void countsNothingThatIsOnlyOfferedAsStored() {
        String uuid = upstream.add(1, "base", BYTES);
        try (TestServer server = serveToAll("")) {
            awaitKnown(server, uuid);
            ObjectNode status = (ObjectNode) TestServer.json(server.get("/status", "Accept", "application/json"));
            assertThat(status.path("offered").asInt()).isOne();
            assertThat(status.path("files").isEmpty()).isTrue();
            assertThat(server.get("/status", "Accept", "text/html").body()).contains("offered");
        }
    }

    @Test
    void leavesOutWhatCouldNotBeImported() {
        String bad = upstream.add(1, "bad", BYTES);
        upstream.manifest(bad).put("owner", "nobody");
        String unverifiable = upstream.add(2, "unverifiable", BYTES);
        upstream.manifest(unverifiable)
                .withArray("files")
                .removeAll()
                .addObject()
                .put("size", 3);
        String good = upstream.add(3, "good", BYTES);
        try (TestServer server = serveToAll("")) {
            awaitKnown(server, good);
            assertThat(server.names("/images")).containsExactly("good");
            assertThat(server.get("/images/" + bad).statusCode()).isEqualTo(404);
        }
    }
}
