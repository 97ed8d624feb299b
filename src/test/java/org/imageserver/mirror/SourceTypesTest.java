package org.imageserver.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sources of each protocol, and those that have their images in channels. */
class SourceTypesTest extends WithUpstream {
    private static final String CHANNELS = """
            "channels": [
              {"name": "dev", "description": "all builds", "default": true},
              {"name": "release", "description": "for everyone"}
            ],
            """;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer dsapid;
    private TestServer other;
    private String origin;
    private String built;

    @BeforeEach
    void startOther() throws IOException {
        other = TestServer.start(Files.createDirectories(directory.resolve("other")), CHANNELS);
        origin = other.images().add(1, manifest -> arbitrary(manifest, "dev").put("name", "origin"));
        built = other.images().add(2, manifest -> arbitrary(manifest, "dev").put("origin", origin));
        other.images().add(3, manifest -> arbitrary(manifest, "release"));
        other.rescan();
        dsapid = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        dsapid.setExecutor(threads);
        dsapid.createContext("/", exchange -> {
            try (exchange) {
                passDatasetsOn(exchange);
            }
        });
        dsapid.start();
    }

    @AfterEach
    void stopOther() {
        dsapid.stop(0);
        threads.shutdownNow();
        other.close();
    }

    private static ObjectNode arbitrary(ObjectNode manifest, String channel) {
        manifest.put("type", "other").put("name", "built").putArray("channels").add(channel);
        ((ObjectNode) manifest.at("/files/0")).put("compression", "none");
        return manifest;
    }

    /** A server of 2012: it has datasets, and nothing else. */
    private void passDatasetsOn(HttpExchange exchange) throws IOException {
        String target = exchange.getRequestURI().toString();
        if (!target.startsWith("/datasets")) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        HttpResponse<byte[]> answer = other.getBytes(target);
        exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
        exchange.getResponseBody().write(answer.body());
    }

    private TestServer serveFrom(String url, String policy, String keys) throws IOException {
        return TestServer.start(
                Files.createDirectories(directory.resolve("here")),
                "\"sources\": [{\"url\": \"" + url + "\", \"policy\": \"" + policy + "\"" + keys + "}]");
    }

    /** Brings an image by whichever way its policy has, and compares it with what it is at its source. */
    private void assertBrought(TestServer server, String policy, String uuid, String channel) {
        if (policy.equals("on-demand")) {
            awaitKnown(server, uuid);
        } else {
            await().atMost(SOON).until(() -> isHere(server, uuid));
        }
        assertThat(server.getBytes(fileOf(uuid)).body())
                .isEqualTo(other.getBytes(fileOf(uuid) + "?channel=" + channel).body());
        await().atMost(SOON).until(() -> isHere(server, uuid));
        JsonNode here = TestServer.json(server.get("/images/" + uuid));
        JsonNode there = TestServer.json(other.get("/images/" + uuid + "?channel=" + channel));
        for (Map.Entry<String, JsonNode> field : there.properties()) {
            if (!List.of("channels").contains(field.getKey())) {
                assertThat(here.path(field.getKey())).as(field.getKey()).isEqualTo(field.getValue());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "mirror,    true",
        "mirror,    false",
        "on-demand, true",
        "on-demand, false",
        "both,      false",
    })
    void datasetsOfAServerThatKnowsNothingElse(String policy, boolean isSaid) throws Exception {
        String url = "http://127.0.0.1:" + dsapid.getAddress().getPort();
        try (TestServer server = serveFrom(url, policy, isSaid ? ", \"type\": \"dsapi\"" : "")) {
            assertBrought(server, policy, origin, "dev");
            assertBrought(server, policy, built, "dev");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mirror", "on-demand", "both"})
    void imagesOfOneChannelAlone(String policy) throws Exception {
        String released = TestImages.uuid(3);
        try (TestServer server = serveFrom(other.uri("").toString(), policy, ", \"channel\": \"release\"")) {
            assertBrought(server, policy, released, "release");
            assertThat(server.names("/images")).hasSize(1);
            assertThat(server.get("/images/" + built).statusCode()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mirror", "on-demand"})
    void imagesOfTheChannelThatIsMeantWhereNoneIsNamed(String policy) throws Exception {
        try (TestServer server = serveFrom(other.uri("").toString(), policy, "")) {
            assertBrought(server, policy, built, "dev");
            assertThat(server.get("/images/" + TestImages.uuid(3)).statusCode()).isEqualTo(404);
        }
    }
}
