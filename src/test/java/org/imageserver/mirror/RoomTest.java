package org.imageserver.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.catalogue.Image;
import org.imageserver.config.Settings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which images make room for others; there is room for two and a half. */
class RoomTest extends WithUpstream {
    private static final int SIZE = 10_000;

    @BeforeEach
    void addImages() {
        IntStream.rangeClosed(1, 4).forEach(number -> upstream.add(number, "image-" + number, bytes(number, SIZE)));
    }

    private TestServer serveLittle(String keys) {
        return serveLittle(keys, SIZE * 5L / 2);
    }

    private TestServer serveLittle(String keys, long limit) {
        TestServer server =
                serve("\"on_demand_bytes\": " + limit + ", \"sources\": [" + source(upstream, "on-demand", keys) + "]");
        // What cannot be had again at the moment makes no room.
        await().atMost(SOON)
                .until(() -> server.get("/images").body().length() > 2
                        && server.get("/images").headers().firstValue("Warning").isEmpty());
        return server;
    }

    private static void pull(TestServer server, int... numbers) {
        for (int number : numbers) {
            String uuid = TestImages.uuid(number);
            assertThat(server.getBytes("/images/" + uuid + "/file").statusCode())
                    .isEqualTo(200);
        }
    }

    private static List<String> here(TestServer server) {
        return server.server().catalogue().snapshot().images().stream()
                .filter(image -> !image.isOffered())
                .map(Image::name)
                .toList();
    }

    private static void awaitHere(TestServer server, String... names) {
        await().atMost(SOON).untilAsserted(() -> assertThat(here(server)).containsExactlyInAnyOrder(names));
    }

    @Test
    void thoseGoThatNobodyDownloadedForTheLongestTimeAndAreOfferedAgain() {
        try (TestServer server = serveLittle("")) {
            pull(server, 1, 2);
            await().atMost(SOON).until(() -> here(server).size() == 2);
            pull(server, 1, 3);
            awaitHere(server, "image-1", "image-3");
            assertThat(server.names("/images")).containsExactly("image-1", "image-2", "image-3", "image-4");
            assertThat(Files.exists(directory.resolve("images/" + TestImages.uuid(2))))
                    .isFalse();
            assertThat(server.getBytes("/images/" + TestImages.uuid(2) + "/file")
                            .body())
                    .isEqualTo(bytes(2, SIZE));
            awaitHere(server, "image-2", "image-3");
        }
    }

    @Test
    void theLastDownloadIsRememberedOverARestart() {
        try (TestServer server = serveLittle("")) {
            pull(server, 1, 2, 1);
        }
        try (TestServer server = serveLittle("")) {
            pull(server, 3);
            awaitHere(server, "image-1", "image-3");
        }
    }

    @Test
    void theOriginsOfWhatStaysStay() {
        upstream.manifest(TestImages.uuid(2)).put("origin", TestImages.uuid(1));
        try (TestServer server = serveLittle("")) {
            pull(server, 1, 2, 3);
            awaitHere(server, "image-1", "image-3");
            pull(server, 2);
            awaitHere(server, "image-1", "image-2");
        }
    }

    @Test
    void whatIsPinnedStays() {
        try (TestServer server = serveLittle(", \"pinned\": [\"" + TestImages.uuid(1) + "\"]")) {
            pull(server, 1, 2, 3, 4);
            awaitHere(server, "image-1", "image-4");
        }
    }

    @Test
    void whatWasPublishedHereStays() {
        try (TestServer server = serveLittle("")) {
            server.images().add(9, manifest -> manifest.put("name", "ours"));
            server.rescan();
            pull(server, 1, 2, 3, 4);
            awaitHere(server, "ours", "image-3", "image-4");
        }
    }

    @Test
    void whatTheSourceHasNoLongerStays() {
        try (TestServer server = serveLittle("")) {
            pull(server, 1, 2);
        }
        upstream.remove(TestImages.uuid(1));
        try (TestServer server = serveLittle("")) {
            pull(server, 3);
            awaitHere(server, "image-1", "image-3");
        }
    }

    @Test
    void aDownloadOfWhatGoesEndsWell() throws Exception {
        int large = 20_000_000;
        upstream.add(5, "large", bytes(5, large));
        try (TestServer server = serveLittle("", large + SIZE / 2);
                HttpClient client = HttpClient.newHttpClient()) {
            pull(server, 5);
            HttpRequest request = HttpRequest.newBuilder(server.uri("/images/" + TestImages.uuid(5) + "/file"))
                    .build();
            try (InputStream body =
                    client.send(request, BodyHandlers.ofInputStream()).body()) {
                byte[] first = body.readNBytes(1000);
                pull(server, 1);
                awaitHere(server, "image-1");
                assertThat(first).isEqualTo(java.util.Arrays.copyOf(bytes(5, large), 1000));
                assertThat(body.readAllBytes()).isEqualTo(java.util.Arrays.copyOfRange(bytes(5, large), 1000, large));
            }
        }
    }

    @Test
    void aServerThatSharesABucketRefusesALimit() throws Exception {
        Path config = Files.writeString(directory.resolve("config.json"), """
                {"storage": {"type": "s3", "bucket": "images", "region": "eu"}, "on_demand_bytes": 1000}
                """);
        assertThatThrownBy(() -> Settings.read(config, Settings.Overrides.NONE))
                .hasMessageContaining("on_demand_bytes")
                .hasMessageContaining("no server knows what the others have in use");
    }

    @Test
    void policiesAndPinsThatAreNoneAreRefused() throws Exception {
        ObjectNode source = TestImages.json("{\"url\": \"http://127.0.0.1\", \"policy\": \"sometimes\"}");
        Path config = Files.writeString(directory.resolve("config.json"), "{\"sources\": [" + source + "]}");
        assertThatThrownBy(() -> Settings.read(config, Settings.Overrides.NONE))
                .hasMessageContaining("one of mirror, on-demand, both");
        Files.writeString(
                config, "{\"sources\": [" + source.put("policy", "both").put("pinned", "x") + "]}");
        assertThatThrownBy(() -> Settings.read(config, Settings.Overrides.NONE)).hasMessageContaining("pinned");
    }
}
