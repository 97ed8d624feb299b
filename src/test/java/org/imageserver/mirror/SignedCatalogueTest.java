package org.imageserver.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.imageserver.Policies;
import org.imageserver.TestServer;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.config.Settings;
import org.imageserver.signing.SignatureLine;
import org.imageserver.signing.SigningKey;
import org.imageserver.signing.Statement;
import org.imageserver.storage.LocalStorage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that signs, somebody between who changes what it says, and a mirror that notices. */
class SignedCatalogueTest {
    private static final SigningKey KEY = SigningKey.generate();

    @TempDir
    Path directory;

    private TestServer server;
    private HttpServer between;
    private volatile BiFunction<String, byte[], byte[]> change = (target, body) -> body;
    private String origin;
    private String built;

    @BeforeEach
    void start() throws Exception {
        Path place = Files.createDirectories(directory.resolve("server"));
        Files.writeString(place.resolve("signing.key"), KEY.pem());
        server = TestServer.start(place, "\"signing_key\": \"signing.key\"");
        origin = server.images().add(1, SignedCatalogueTest::arbitrary);
        built = server.images().add(2, manifest -> arbitrary(manifest).put("origin", origin));
        server.rescan();
        between = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        between.createContext("/", this::pass);
        between.start();
    }

    @AfterEach
    void stop() {
        between.stop(0);
        server.close();
    }

    /** Bytes that no stream check looks at. */
    private static ObjectNode arbitrary(ObjectNode manifest) {
        ((ObjectNode) manifest.at("/files/0")).put("compression", "none");
        return manifest.put("type", "other");
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            String target = exchange.getRequestURI().toString();
            HttpResponse<byte[]> answer = server.getBytes(target);
            byte[] body = change.apply(target, answer.body());
            exchange.sendResponseHeaders(
                    body.length == 0 ? 404 : answer.statusCode(), body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private TestServer onDemand(SigningKey trusted) throws IOException {
        return TestServer.start(
                Files.createDirectories(directory.resolve("on-demand")),
                "\"sources\": [{\"url\": \"http://127.0.0.1:"
                        + between.getAddress().getPort()
                        + "\", \"policy\": \"on-demand\", \"trust\": \""
                        + trusted.verification().text() + "\"}]");
    }

    @Test
    void whatComesOnDemandIsSignedToo() throws Exception {
        try (TestServer asked = onDemand(KEY)) {
            assertThat(asked.getBytes("/images/" + origin + "/file").statusCode())
                    .isEqualTo(200);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> asked.server()
                            .catalogue()
                            .provenance()
                            .of(origin)
                            .filter(from -> from.verified().contains("signature"))
                            .isPresent());
        }
    }

    @Test
    void nothingIsOfferedThatAnotherKeySigned() throws Exception {
        try (TestServer asked = onDemand(SigningKey.generate())) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> asked.log().warnings().stream()
                            .anyMatch(line -> line.contains("cannot be asked for its list")));
            assertThat(asked.get("/images/" + origin).statusCode()).isEqualTo(404);
            assertThat(asked.get("/images/" + origin + "/file").statusCode()).isEqualTo(404);
            assertThat(asked.get("/images").body()).isEqualTo("[]");
        }
    }

    private List<String> sync(SigningKey trusted) throws Exception {
        Path config = directory.resolve("config.json");
        Files.writeString(config, """
                {"serve_dir": "images", "sources": [{"url": "http://127.0.0.1:%d", "trust": "%s"}]}
                """.formatted(
                        between.getAddress().getPort(), trusted.verification().text()));
        Files.createDirectories(directory.resolve("images"));
        Settings settings = Settings.read(config, Settings.Overrides.NONE);
        List<String> failed = new ArrayList<>();
        try (LocalStorage storage = new LocalStorage(settings.serveDir());
                Catalogue catalogue = new Catalogue(storage, Policies.ofImages(settings));
                Mirrors mirrors = new Mirrors(settings, catalogue, catalogue.provenance())) {
            catalogue.rescan();
            Mirror mirror = mirrors.all().getFirst();
            mirror.run(mirror.plan(), new Mirror.Watcher() {
                @Override
                public void begins(Listed image) {}

                @Override
                public void received(long bytes) {}

                @Override
                public void done(String what) {}

                @Override
                public void failed(String what) {
                    failed.add(what);
                }
            });
        }
        return failed;
    }

    private List<String> here() throws Exception {
        try (LocalStorage storage = new LocalStorage(directory.resolve("images"));
                Catalogue catalogue =
                        new Catalogue(storage, Policies.ofImages(Settings.read(null, Settings.Overrides.NONE)))) {
            catalogue.rescan();
            return catalogue.snapshot().images().stream()
                    .map(image -> image.uuid())
                    .toList();
        }
    }

    private static byte[] replaced(byte[] body, String part, String by) {
        String text = new String(body, StandardCharsets.UTF_8);
        assertThat(text).contains(part);
        return text.replace(part, by).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void takesWhatIsSignedAndRemembersThat() throws Exception {
        assertThat(sync(KEY)).isEmpty();
        assertThat(here()).containsExactlyInAnyOrder(origin, built);
        assertThat(directory.resolve("images/.image-server/provenance-" + built + ".json"))
                .content()
                .contains("signature, sha1 and stream");
    }

    @Test
    void signsExactlyWhatIsAnsweredToTheSameQuery() throws Exception {
        for (String query : List.of("", "state=all", "name=~image&limit=1", "state=all&name=nothing%20here")) {
            byte[] list = server.getBytes("/images?" + query).body();
            SignatureLine line =
                    SignatureLine.parse(server.get("/images/signature?" + query).body());
            assertThat(line.key()).isEqualTo(KEY.verification());
            assertThat(line.isOf(statement(query, list))).as(query).isTrue();
            assertThat(line.isOf(statement(query + "&x", list))).isFalse();
        }
        byte[] manifest = server.getBytes("/images/" + built).body();
        SignatureLine line = SignatureLine.parse(
                server.get("/images/" + built + "/signature").body());
        assertThat(line.isOf(Statement.ofManifest(built, manifest))).isTrue();
        assertThat(line.isOf(Statement.ofManifest(origin, manifest))).isFalse();
        assertThat(server.get("/images/signature?inclAdminFields=true").statusCode())
                .isEqualTo(422);
    }

    private static Statement statement(String query, byte[] list) {
        var digest = Statement.newSha256();
        digest.update(list);
        return Statement.ofList(query, digest);
    }

    @Test
    void refusesTheSignatureOfAnotherKey() throws Exception {
        assertThatThrownBy(() -> sync(SigningKey.generate()))
                .hasMessageContaining(KEY.verification().fingerprint())
                .hasMessageContaining("is trusted");
        assertThat(here()).isEmpty();
    }

    @Test
    void refusesAListThatSomebodyChanged() throws Exception {
        change = (target, body) ->
                target.startsWith("/images?") ? replaced(body, "\"disabled\":false", "\"disabled\":true ") : body;
        assertThatThrownBy(() -> sync(KEY)).hasMessageContaining("no signature of what the source answers");
        change = (target, body) -> target.startsWith("/images?") ? replaced(body, "}]", "}]\n") : body;
        assertThatThrownBy(() -> sync(KEY)).hasMessageContaining("no signature of what the source answers");
        assertThat(here()).isEmpty();
    }

    @Test
    void refusesAManifestThatSomebodyChanged() throws Exception {
        change = (target, body) ->
                target.equals("/images/" + origin) ? replaced(body, "\"os\":\"smartos\"", "\"os\":\"linux\"  ") : body;
        assertThat(sync(KEY)).hasSize(2).allMatch(line -> line.contains("signature") || line.contains("builds on"));
        assertThat(here()).isEmpty();
        change = (target, body) -> body;
        assertThat(sync(KEY)).isEmpty();
        assertThat(here()).hasSize(2);
    }

    @Test
    void refusesTheManifestAndSignatureOfAnotherImage() throws Exception {
        change = (target, body) -> target.startsWith("/images/" + built)
                ? server.getBytes(target.replace(built, origin)).body()
                : body;
        assertThat(sync(KEY)).singleElement().asString().contains("no signature of what the source answers");
        assertThat(here()).containsExactly(origin);
    }

    @Test
    void refusesAFileThatSomebodyChanged() throws Exception {
        change =
                (target, body) -> target.equals("/images/" + built + "/file") ? replaced(body, "bytes", "Bytes") : body;
        assertThat(sync(KEY)).singleElement().asString().contains("sha1");
        assertThat(here()).containsExactly(origin);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ssh-ed25519 AAAA", "<html>", "\n"})
    void refusesWhatHasNoSignature(String given) throws Exception {
        change = (target, body) -> target.contains("/signature") ? given.getBytes(StandardCharsets.UTF_8) : body;
        assertThatThrownBy(() -> sync(KEY)).hasMessageContaining("signature");
        assertThat(here()).isEmpty();
    }

    /** The image changes between the two requests; the second time, it does not. */
    @Test
    void asksAgainWhenTheSourceChangedMeanwhile() throws Exception {
        byte[] before = server.getBytes("/images?state=all").body();
        server.images().add(3, SignedCatalogueTest::arbitrary);
        server.rescan();
        boolean[] isOld = {true};
        change = (target, body) -> {
            boolean isFirst = isOld[0] && target.startsWith("/images?");
            isOld[0] &= !isFirst;
            return isFirst ? before : body;
        };
        assertThat(sync(KEY)).isEmpty();
        assertThat(here()).hasSize(3);
    }

    @Test
    void aServerWithoutAKeySignsNothing() throws Exception {
        try (TestServer plain = TestServer.start(Files.createDirectories(directory.resolve("plain")))) {
            String uuid = plain.images().add(1, SignedCatalogueTest::arbitrary);
            plain.rescan();
            assertThat(plain.get("/images/signature").statusCode()).isEqualTo(404);
            assertThat(plain.get("/images/" + uuid + "/signature").body()).contains("signing_key");
        }
    }

    @Test
    void aServerWhoseKeyIsNoneDoesNotStart() throws Exception {
        Path place = Files.createDirectories(directory.resolve("broken"));
        Files.writeString(place.resolve("signing.key"), KEY.verification().text());
        assertThatThrownBy(() -> TestServer.start(place, "\"signing_key\": \"signing.key\""))
                .hasMessageContaining("this is the public half");
        assertThatThrownBy(() -> TestServer.start(place, "\"signing_key\": \"none.key\""))
                .hasMessageContaining("key new makes one");
    }
}
