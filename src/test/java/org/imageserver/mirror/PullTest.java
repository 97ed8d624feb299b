package org.imageserver.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that come when somebody asks for them. */
class PullTest extends WithUpstream {
    /** Several of the pieces in which files are received. */
    private static final int SIZE = 2_000_000;

    private static byte[] bytes(int seed) {
        return bytes(seed, SIZE);
    }

    private TestServer serve() {
        return serveOnDemand("");
    }

    /** What the server has in its directory beside what it hides: the images that are here. */
    private List<String> stored() throws IOException {
        try (var entries = Files.list(directory.resolve("images"))) {
            return entries.map(path -> path.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void showsWhatIsOfferedEverywhereAndBringsItWhenSomebodyAsks() throws Exception {
        String uuid = upstream.add(1, "base", bytes(1));
        try (TestServer server = serve()) {
            awaitKnown(server, uuid);
            assertThat(server.names("/images")).containsExactly("base");
            assertThat(server.names("/images?name=~as&os=smartos")).containsExactly("base");
            assertThat(server.names("/datasets")).containsExactly("base");
            assertThat(server.get("/i/" + uuid).body()).contains("base");
            assertThat(server.get("/", "Accept", "text/html").body()).contains("base");
            HttpResponse<String> before = server.get("/images/" + uuid);
            assertThat(TestServer.json(before).at("/files/0/sha1").asText()).isEqualTo(TestImages.sha1(bytes(1)));
            assertThat(stored()).isEmpty();

            HttpResponse<byte[]> file = server.getBytes(fileOf(uuid));
            assertThat(file.body()).isEqualTo(bytes(1));
            assertThat(file.headers().firstValue("Content-Length")).hasValue(String.valueOf(SIZE));
            assertThat(isHere(server, uuid)).isTrue();
            assertThat(stored()).containsExactly(uuid);
            HttpResponse<String> after = server.get("/images/" + uuid);
            assertThat(after.body()).isEqualTo(before.body());
            assertThat(after.headers().firstValue("ETag"))
                    .isEqualTo(before.headers().firstValue("ETag"));
            assertThat(server.getBytes(fileOf(uuid)).body()).isEqualTo(bytes(1));
            assertThat(upstream.fetches(uuid)).isOne();
            await().atMost(SOON)
                    .until(() -> server.server()
                            .catalogue()
                            .provenance()
                            .of(uuid)
                            .filter(origin -> origin.source().equals(upstream.url()))
                            .isPresent());
            assertThat(Files.readString(directory.resolve("images/.image-server/on-demand.json")))
                    .contains(uuid);
        }
    }

    @Test
    void sendsTheListAgainOnlyWhenItIsAnotherOne() {
        String uuid = upstream.add(1, "base", bytes(1));
        try (TestServer server = serve()) {
            awaitKnown(server, uuid);
            String tag = server.get("/images").headers().firstValue("ETag").orElseThrow();
            server.getBytes(fileOf(uuid));
            assertThat(server.get("/images", "If-None-Match", tag).statusCode()).isEqualTo(304);
        }
    }

    @Test
    void fetchesNothingForWhoeverOnlyLooks() {
        String uuid = upstream.add(1, "base", bytes(1));
        try (TestServer server = serve()) {
            awaitKnown(server, uuid);
            HttpResponse<String> head = server.send("HEAD", fileOf(uuid));
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.headers().firstValue("Content-Length")).hasValue(String.valueOf(SIZE));
            String tag = head.headers().firstValue("ETag").orElseThrow();
            assertThat(server.get(fileOf(uuid), "If-None-Match", tag).statusCode())
                    .isEqualTo(304);
            assertThat(server.get(fileOf(uuid), "Range", "bytes=" + SIZE + "-").statusCode())
                    .isEqualTo(416);
            assertThat(upstream.fetches(uuid)).isZero();
        }
    }

    @Test
    void fetchesOnceForAnyNumberOfClientsWhoReadItWhileItArrives() throws Exception {
        String uuid = upstream.add(1, "base", bytes(1));
        upstream.holdAt(1_500_000);
        try (TestServer server = serve();
                HttpClient client = HttpClient.newHttpClient()) {
            awaitKnown(server, uuid);
            HttpRequest request =
                    HttpRequest.newBuilder(server.uri(fileOf(uuid))).build();
            List<InputStream> bodies = new ArrayList<>();
            for (int number = 0; number < 50; number++) {
                bodies.add(client.send(request, BodyHandlers.ofInputStream()).body());
            }
            List<byte[]> firsts = new ArrayList<>();
            for (InputStream body : bodies) {
                firsts.add(body.readNBytes(1_000_000));
            }
            assertThat(isHere(server, uuid)).isFalse();
            upstream.goOn();
            for (int number = 0; number < bodies.size(); number++) {
                byte[] whole = new byte[SIZE];
                System.arraycopy(firsts.get(number), 0, whole, 0, 1_000_000);
                byte[] rest = bodies.get(number).readAllBytes();
                assertThat(rest).hasSize(SIZE - 1_000_000);
                System.arraycopy(rest, 0, whole, 1_000_000, rest.length);
                assertThat(whole).isEqualTo(bytes(1));
            }
            assertThat(upstream.fetches(uuid)).isOne();
            assertThat(isHere(server, uuid)).isTrue();
        }
    }

    @Test
    void goesOnWithoutTheClientWhoAskedFirst() throws Exception {
        String uuid = upstream.add(1, "base", bytes(1));
        upstream.holdAt(1_500_000);
        try (TestServer server = serve()) {
            awaitKnown(server, uuid);
            HttpRequest request =
                    HttpRequest.newBuilder(server.uri(fileOf(uuid))).build();
            try (HttpClient client = HttpClient.newHttpClient()) {
                InputStream body =
                        client.send(request, BodyHandlers.ofInputStream()).body();
                assertThat(body.readNBytes(1000)).hasSize(1000);
                body.close();
                client.shutdownNow();
            }
            CompletableFuture<byte[]> second = CompletableFuture.supplyAsync(
                    () -> server.getBytes(fileOf(uuid)).body());
            upstream.goOn();
            assertThat(second.get()).isEqualTo(bytes(1));
            assertThat(isHere(server, uuid)).isTrue();
            assertThat(upstream.fetches(uuid)).isOne();
        }
    }

    @Test
    void becomesAnImageAlthoughNobodyWaitsAnyMore() throws Exception {
        String uuid = upstream.add(1, "base", bytes(1));
        upstream.holdAt(1_500_000);
        try (TestServer server = serve()) {
            awaitKnown(server, uuid);
            try (HttpClient client = HttpClient.newHttpClient()) {
                HttpRequest request =
                        HttpRequest.newBuilder(server.uri(fileOf(uuid))).build();
                client.send(request, BodyHandlers.ofInputStream()).body().close();
                client.shutdownNow();
            }
            upstream.goOn();
            await().atMost(SOON).until(() -> isHere(server, uuid));
        }
    }

    @Test
    void sendsTheRangeOfAFileThatIsArriving() {
        String uuid = upstream.add(1, "base", bytes(1));
        upstream.holdAt(1_500_000);
        try (TestServer server = serve()) {
            awaitKnown(server, uuid);
            CompletableFuture<HttpResponse<byte[]>> end = CompletableFuture.supplyAsync(
                    () -> server.getBytes(fileOf(uuid), "Range", "bytes=" + (SIZE - 10) + "-"));
            HttpResponse<byte[]> middle = server.getBytes(fileOf(uuid), "Range", "bytes=1000-1999");
            assertThat(middle.statusCode()).isEqualTo(206);
            assertThat(middle.body()).isEqualTo(java.util.Arrays.copyOfRange(bytes(1), 1000, 2000));
            assertThat(end).isNotDone();
            upstream.goOn();
            assertThat(end.join().body()).isEqualTo(java.util.Arrays.copyOfRange(bytes(1), SIZE - 10, SIZE));
            assertThat(upstream.fetches(uuid)).isOne();
        }
    }

    /** Everything but the last byte may have been sent, but the client never takes it for whole. */
    private void assertCut(TestServer server, String uuid) {
        assertThatThrownBy(() -> server.getBytes(fileOf(uuid))).hasRootCauseInstanceOf(IOException.class);
        await().atMost(SOON).until(() -> stored().isEmpty());
        assertThat(isHere(server, uuid)).isFalse();
    }

    @Test
    void cutsWhoeverWaitsForBytesThatAreNotThoseOfTheManifestAndTriesAnewNextTime() throws Exception {
        String uuid = upstream.add(1, "base", bytes(1));
        upstream.replaceFile(uuid, bytes(2));
        try (TestServer server = serve()) {
            awaitKnown(server, uuid);
            assertCut(server, uuid);
            upstream.replaceFile(uuid, bytes(1));
            assertThat(server.getBytes(fileOf(uuid)).body()).isEqualTo(bytes(1));
            assertThat(stored()).containsExactly(uuid);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SIZE - 1, SIZE + 1, 2 * SIZE})
    void cutsWhoeverWaitsForAFileOfAnotherLength(int length) {
        String uuid = upstream.add(1, "base", bytes(1));
        upstream.replaceFile(uuid, java.util.Arrays.copyOf(bytes(1), length));
        try (TestServer server = serve()) {
            awaitKnown(server, uuid);
            assertCut(server, uuid);
        }
    }

    @Test
    void refusesAStreamThatIsNone() {
        String uuid = upstream.add(1, "base", bytes(1));
        upstream.manifest(uuid).put("type", "zone-dataset");
        try (TestServer server = serve()) {
            awaitKnown(server, uuid);
            assertThat(server.get("/images/" + uuid).statusCode()).isEqualTo(200);
            HttpResponse<String> answer = server.get(fileOf(uuid));
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("not a ZFS send stream");
            assertThat(isHere(server, uuid)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100_000, SIZE - 1})
    void takesABrokenTransferUpWhereItBroke(int at) {
        String uuid = upstream.add(1, "base", bytes(1));
        upstream.cut(1, at);
        try (TestServer server = serve()) {
            awaitKnown(server, uuid);
            assertThat(server.getBytes(fileOf(uuid)).body()).isEqualTo(bytes(1));
            assertThat(isHere(server, uuid)).isTrue();
        }
    }

    @Test
    void cutsWhoeverWaitsWhenABrokenTransferCannotBeTakenUp() {
        String uuid = upstream.add(1, "base", bytes(1));
        upstream.withoutRanges();
        upstream.cut(1, 1_500_000);
        try (TestServer server = serve()) {
            awaitKnown(server, uuid);
            assertCut(server, uuid);
            assertThat(server.getBytes(fileOf(uuid)).body()).isEqualTo(bytes(1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503, 404})
    void saysThatAFileCannotBeHadBeforeItPromisesOne(int status) {
        String uuid = upstream.add(1, "base", bytes(1));
        upstream.answerFilesWith(status);
        try (TestServer server = serve()) {
            awaitKnown(server, uuid);
            HttpResponse<String> answer = server.get(fileOf(uuid));
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(TestServer.json(answer).path("message").asText()).contains(uuid, "" + status);
            upstream.answerFilesWith(200);
            assertThat(server.getBytes(fileOf(uuid)).body()).isEqualTo(bytes(1));
        }
    }

    @Test
    void followsARedirect() {
        String uuid = upstream.add(1, "base", bytes(1));
        upstream.redirect();
        try (TestServer server = serve()) {
            awaitKnown(server, uuid);
            assertThat(server.getBytes(fileOf(uuid)).body()).isEqualTo(bytes(1));
        }
    }

    @Test
    void takesNothingWhoseManifestWasChangedUnderTheFetch() {
        String uuid = upstream.add(1, "base", bytes(1));
        upstream.whenFileIsSent(() -> {
            ObjectNode file = (ObjectNode) upstream.manifest(uuid).at("/files/0");
            file.put("sha1", TestImages.sha1(bytes(2)));
        });
        try (TestServer server = serve()) {
            awaitKnown(server, uuid);
            assertCut(server, uuid);
        }
    }

    @Test
    void takesUpWhatAnImageHasBecomeSinceItWasListed() {
        String uuid = upstream.add(1, "base", bytes(1));
        try (TestServer server = serve()) {
            awaitKnown(server, uuid);
            ((ObjectNode) upstream.manifest(uuid).at("/files/0")).put("sha1", TestImages.sha1(bytes(2)));
            upstream.replaceFile(uuid, bytes(2));
            assertThat(server.get(fileOf(uuid)).statusCode()).isEqualTo(503);
            assertThat(server.getBytes(fileOf(uuid)).body()).isEqualTo(bytes(2));
        }
    }

    @Test
    void asksTheNextSourceWhenTheFirstCannot() {
        String uuid = upstream.add(1, "base", bytes(1));
        try (FaultyUpstream second = new FaultyUpstream()) {
            second.add(1, "base", bytes(1));
            try (TestServer server = serve("\"sources\": [" + source(upstream, "on-demand", "") + ", "
                    + source(second, "on-demand", "") + "]")) {
                awaitKnown(server, uuid);
                upstream.answerFilesWith(500);
                assertThat(server.getBytes(fileOf(uuid)).body()).isEqualTo(bytes(1));
                assertThat(second.fetches(uuid)).isOne();
            }
        }
    }

    @Test
    void beginsWithTheNextSourceAfterOneThatSentRubbish() {
        String uuid = upstream.add(1, "base", bytes(1));
        upstream.replaceFile(uuid, bytes(9));
        try (FaultyUpstream second = new FaultyUpstream()) {
            second.add(1, "base", bytes(1));
            try (TestServer server = serve("\"sources\": [" + source(upstream, "on-demand", "") + ", "
                    + source(second, "on-demand", "") + "]")) {
                awaitKnown(server, uuid);
                assertCut(server, uuid);
                assertThat(server.getBytes(fileOf(uuid)).body()).isEqualTo(bytes(1));
                assertThat(upstream.fetches(uuid)).isOne();
            }
        }
    }

    @Test
    void bringsAnImageBeforeAndAfterTheOneThatItIsBuiltOn() {
        String origin = upstream.add(1, "origin", bytes(1));
        String built = upstream.add(2, "built", bytes(2));
        upstream.manifest(built).put("origin", origin);
        String next = upstream.add(3, "next", bytes(3));
        upstream.manifest(next).put("origin", origin);
        try (TestServer server = serveOnDemand(", \"filter\": {\"name\": \"!origin\"}")) {
            awaitKnown(server, built);
            assertThat(server.names("/images")).containsExactly("origin", "built", "next");
            assertThat(server.getBytes(fileOf(built)).body()).isEqualTo(bytes(2));
            assertThat(isHere(server, origin)).isFalse();
            assertThat(server.getBytes(fileOf(origin)).body()).isEqualTo(bytes(1));
            assertThat(server.getBytes(fileOf(next)).body()).isEqualTo(bytes(3));
        }
    }

    @Test
    void bringsNoImageWhoseOriginNobodyHas() {
        String built = upstream.add(2, "built", bytes(2));
        upstream.manifest(built).put("origin", TestImages.uuid(99));
        try (TestServer server = serve()) {
            awaitKnown(server, built);
            HttpResponse<String> answer = server.get(fileOf(built));
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains(TestImages.uuid(99));
        }
    }

    @Test
    void bringsImagesOfAnotherOfTheseServersByBothApis() throws Exception {
        try (TestServer other = TestServer.start(Files.createDirectories(directory.resolve("other")))) {
            String uuid = other.images()
                    .add(
                            1,
                            manifest -> ((ObjectNode)
                                            manifest.put("type", "other").at("/files/0"))
                                    .put("compression", "none"));
            other.rescan();
            try (TestServer server = TestServer.start(
                    Files.createDirectories(directory.resolve("here")),
                    "\"sources\": [{\"url\": \"" + other.uri("") + "\", \"policy\": \"on-demand\"}]")) {
                awaitKnown(server, uuid);
                String path = TestServer.json(server.get("/datasets/" + uuid))
                        .at("/files/0/path")
                        .asText();
                byte[] expected = other.getBytes(fileOf(uuid)).body();
                assertThat(server.getBytes("/datasets/" + uuid + "/" + path).body())
                        .isEqualTo(expected);
                assertThat(isHere(server, uuid)).isTrue();
                // Who read the list before the image came has the name from then.
                assertThat(server.getBytes("/datasets/" + uuid + "/" + path).body())
                        .isEqualTo(expected);
            }
        }
    }
}
