package org.imageserver.mirror;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.imageserver.Browser;
import org.imageserver.TestAccount;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.imageserver.config.ConfigException;
import org.imageserver.config.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sources are added, changed and removed while the server runs, and while it fetches from others. */
class ChangingSourcesTest extends WithUpstream {
    private static final int SIZE = 3_000_000;
    private static final int HALF = 1_500_000;

    private final FaultyUpstream other = new FaultyUpstream();

    @AfterEach
    void stopOther() {
        other.close();
    }

    private static HttpResponse<String> send(
            TestServer server, TestAccount admin, String method, String path, String body) {
        return server.send(method, path, BodyPublishers.ofString(body), "Authorization", admin.basic());
    }

    private static String added(TestServer server, TestAccount admin, String source) {
        HttpResponse<String> answer = send(server, admin, "POST", "/sources", source);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestServer.json(answer).path("id").asText();
    }

    private static JsonNode list(TestServer server, TestAccount admin) {
        return TestServer.json(server.get("/sources", "Authorization", admin.basic()));
    }

    private Path ownFile() {
        return directory.resolve("images/.image-server/sources.json");
    }

    /** The uuids of what is on the disk, whole or not. */
    private List<String> stored() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("images"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .toList();
        }
    }

    private CompletableFuture<byte[]> download(TestServer server, String uuid) {
        return CompletableFuture.supplyAsync(() -> server.getBytes(fileOf(uuid)).body());
    }

    private void awaitFetch(FaultyUpstream from, String uuid) {
        await().atMost(SOON).until(() -> from.fetches(uuid) > 0);
    }

    @Test
    void anAddedSourceIsMirroredAtOnceAndAfterARestart() throws Exception {
        upstream.add(1, "base", bytes(1, 5000));
        String secret = "mirror:ims_secret";
        try (TestServer server = serve("")) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            added(server, admin, source(upstream, "mirror", ", \"credentials\": \"" + secret + "\""));
            await().atMost(SOON).until(() -> server.names("/images").equals(List.of("base")));
            assertThat(upstream.authorization())
                    .isEqualTo("Basic " + Base64.getEncoder().encodeToString(secret.getBytes(UTF_8)));
            assertThat(Files.getPosixFilePermissions(ownFile()))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            JsonNode shown = list(server, admin).path(0);
            assertThat(shown.path("from").asText()).isEqualTo("server");
            assertThat(shown.path("has_credentials").asBoolean()).isTrue();
            assertThat(shown.toString()).doesNotContain("ims_secret", "Basic");
        }
        upstream.add(2, "later", bytes(2, 5000));
        try (TestServer server = serve("")) {
            await().atMost(SOON).until(() -> server.names("/images").size() == 2);
        }
    }

    @Test
    void aChangeOfAnotherSourceCutsNoDownloadThatIsArriving() {
        String uuid = upstream.add(1, "base", bytes(1, SIZE));
        String elsewhere = other.add(2, "other", bytes(2, 5000));
        upstream.holdAt(HALF);
        try (TestServer server = serveOnDemand("")) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            awaitKnown(server, uuid);
            CompletableFuture<byte[]> arriving = download(server, uuid);
            awaitFetch(upstream, uuid);
            String id = added(server, admin, source(other, "on-demand", ""));
            awaitKnown(server, elsewhere);
            assertThat(send(server, admin, "PUT", "/sources/" + id, "{\"policy\": \"on-demand\", \"newest\": 1}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(send(server, admin, "DELETE", "/sources/" + id, "").statusCode())
                    .isEqualTo(204);
            assertThat(server.get("/images/" + elsewhere).statusCode()).isEqualTo(404);
            assertThat(arriving).isNotDone();
            upstream.goOn();
            assertThat(arriving.join()).isEqualTo(bytes(1, SIZE));
            assertThat(upstream.fetches(uuid)).isOne();
        }
    }

    @Test
    void aChangeOfAnotherSourceCutsNoRoundOfAMirror() {
        String uuid = upstream.add(1, "base", bytes(1, SIZE));
        upstream.holdAt(HALF);
        try (TestServer server = serveMirror("")) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            awaitFetch(upstream, uuid);
            String id = added(server, admin, source(other, "mirror", ""));
            send(server, admin, "DELETE", "/sources/" + id, "");
            upstream.goOn();
            await().atMost(SOON).until(() -> isHere(server, uuid));
            assertThat(upstream.fetches(uuid)).isOne();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mirror", "on-demand", "both"})
    void aSourceThatIsRemovedLeavesNothingHalfDone(String policy) throws Exception {
        String uuid = upstream.add(1, "base", bytes(1, SIZE));
        upstream.holdAt(HALF);
        try (TestServer server = serve("")) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            String id = added(server, admin, source(upstream, policy, ""));
            if (policy.equals("on-demand")) {
                awaitKnown(server, uuid);
                CompletableFuture<byte[]> arriving = download(server, uuid);
                awaitFetch(upstream, uuid);
                assertThat(send(server, admin, "DELETE", "/sources/" + id, "").statusCode())
                        .isEqualTo(204);
                assertThatThrownBy(arriving::join).hasRootCauseInstanceOf(IOException.class);
            } else {
                awaitFetch(upstream, uuid);
                assertThat(send(server, admin, "DELETE", "/sources/" + id, "").statusCode())
                        .isEqualTo(204);
            }
            assertThat(server.get("/images/" + uuid).statusCode()).isEqualTo(404);
            assertThat(list(server, admin)).isEmpty();
            await().atMost(SOON).until(() -> stored().isEmpty());
            upstream.goOn();
            server.rescan();
            assertThat(server.names("/images")).isEmpty();
        }
        assertThat(upstream.requests().getLast()).contains("/file");
    }

    @Test
    void sourcesComeAndGoWhileOthersAreDownloadedFrom() {
        List<String> uuids = new ArrayList<>();
        for (int number = 1; number <= 12; number++) {
            uuids.add(upstream.add(number, "base", bytes(number, 200_000)));
        }
        other.add(20, "other", bytes(20, 5000));
        try (TestServer server = serveOnDemand("")) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            uuids.forEach(uuid -> awaitKnown(server, uuid));
            List<CompletableFuture<Void>> work = new ArrayList<>();
            for (int number = 1; number <= uuids.size(); number++) {
                byte[] file = bytes(number, 200_000);
                String uuid = uuids.get(number - 1);
                work.add(download(server, uuid)
                        .thenAccept(bytes -> assertThat(bytes).isEqualTo(file)));
            }
            for (String channel : List.of("one", "two", "three")) {
                work.add(CompletableFuture.runAsync(() -> {
                    for (int round = 0; round < 5; round++) {
                        String id = added(server, admin, source(other, "both", ", \"channel\": \"" + channel + "\""));
                        assertThat(send(server, admin, "DELETE", "/sources/" + id, "")
                                        .statusCode())
                                .isEqualTo(204);
                    }
                }));
            }
            work.forEach(CompletableFuture::join);
            assertThat(list(server, admin)).hasSize(1);
            uuids.forEach(uuid -> assertThat(upstream.fetches(uuid)).isOne());
        }
    }

    @Test
    void aChangedSourceShowsWhatIsWantedNowAndKeepsItsCredentials() {
        String old = upstream.add(1, "base", bytes(1, 5000));
        String young = upstream.add(2, "base", bytes(2, 5000));
        try (TestServer server = serve("")) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            String id = added(server, admin, source(upstream, "on-demand", ", \"credentials\": \"a:b\""));
            awaitKnown(server, old);
            HttpResponse<String> changed =
                    send(server, admin, "PUT", "/sources/" + id, "{\"policy\": \"on-demand\", \"newest\": 1}");
            assertThat(TestServer.json(changed).at("/settings/newest").asInt()).isEqualTo(1);
            assertThat(TestServer.json(changed).path("id").asText()).isEqualTo(id);
            assertThat(TestServer.json(changed).path("has_credentials").asBoolean())
                    .isTrue();
            await().atMost(SOON).until(() -> server.names("/images").size() == 1);
            assertThat(server.get("/images/" + young).statusCode()).isEqualTo(200);
            assertThat(upstream.authorization()).isNotEmpty();
            HttpResponse<String> without =
                    send(server, admin, "PUT", "/sources/" + id, "{\"policy\": \"on-demand\", \"credentials\": \"\"}");
            assertThat(TestServer.json(without).path("has_credentials").asBoolean())
                    .isFalse();
            await().atMost(SOON).until(() -> upstream.authorization().isEmpty());
        }
    }

    /** Or the credentials of one server could be sent to another. */
    @Test
    void aSourceDoesNotBecomeAnotherOne() {
        try (TestServer server = serve("")) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            String id = added(server, admin, source(upstream, "on-demand", ", \"credentials\": \"a:b\""));
            HttpResponse<String> refused = send(server, admin, "PUT", "/sources/" + id, source(other, "on-demand", ""));
            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(TestServer.json(refused).at("/errors/0/field").asText()).isEqualTo("url");
            assertThat(other.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {}                                                            | url
                    {"url": "ftp://x"}                                            | url
                    {"url": "http://127.0.0.1:1", "polcy": "mirror"}              | polcy
                    {"url": "http://127.0.0.1:1", "newest": "two"}                | newest
                    {"url": "http://127.0.0.1:1", "filter": {"nam": "x"}}         | filter
                    {"url": "http://127.0.0.1:1", "ca_file": "missing.pem"}       | ca_file
                    {"url": "http://127.0.0.1:1", "trust": "ssh-ed25519 nonsense"} | trust
                    {"url": "http://127.0.0.1:1", "channel": "a&b"}               | channel
                    {"url": "http://127.0.0.1:1", "credentials": 5}               | credentials
                    """)
    void saysWhichKeyCannotBeUsed(String source, String field) {
        try (TestServer server = serve("")) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            for (String path : List.of("/sources", "/sources/try")) {
                HttpResponse<String> refused = send(server, admin, "POST", path, source);
                assertThat(refused.statusCode()).isEqualTo(422);
                assertThat(TestServer.json(refused).at("/errors/0/field").asText())
                        .isEqualTo(field);
            }
            assertThat(ownFile()).doesNotExist();
            assertThat(list(server, admin)).isEmpty();
        }
    }

    @Test
    void aSourceIsThereOnce() {
        try (TestServer server = serveOnDemand("")) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            HttpResponse<String> twice = send(server, admin, "POST", "/sources", source(upstream, "mirror", ""));
            assertThat(twice.statusCode()).isEqualTo(422);
            assertThat(twice.body()).contains("is a source already");
            added(server, admin, source(upstream, "mirror", ", \"channel\": \"dev\""));
            assertThat(list(server, admin)).hasSize(2);
        }
    }

    @Test
    void whatTheConfigurationSaysIsChangedThereAlone() {
        upstream.add(1, "base", bytes(1, 5000));
        try (TestServer server = serveOnDemand("")) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            JsonNode source = list(server, admin).path(0);
            String path = "/sources/" + source.path("id").asText();
            assertThat(source.path("from").asText()).isEqualTo("configuration");
            assertThat(send(server, admin, "DELETE", path, "").statusCode()).isEqualTo(422);
            HttpResponse<String> refused = send(server, admin, "PUT", path, "{\"policy\": \"mirror\"}");
            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(refused.body()).contains("configuration file");
            assertThat(TestServer.json(send(server, admin, "POST", path + "/try", ""))
                            .path("to_bring")
                            .asInt())
                    .isEqualTo(1);
            assertThat(send(server, admin, "DELETE", "/sources/0123456789ab", "")
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void aTrySaysWhatWouldComeAndBringsNothing() throws Exception {
        String uuid = upstream.add(1, "base", bytes(1, 5000));
        upstream.add(2, "base", bytes(2, 7000));
        try (TestServer server = serve("")) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            JsonNode plan = TestServer.json(
                    send(server, admin, "POST", "/sources/try", source(upstream, "mirror", ", \"max_size\": 6000")));
            assertThat(plan.path("to_bring").asInt()).isEqualTo(1);
            assertThat(plan.path("bytes").asLong()).isEqualTo(5000);
            assertThat(plan.at("/images/0/uuid").asText()).isEqualTo(uuid);
            assertThat(list(server, admin)).isEmpty();
            assertThat(stored()).isEmpty();
            upstream.answerWith(500);
            HttpResponse<String> down = send(server, admin, "POST", "/sources/try", source(upstream, "mirror", ""));
            assertThat(down.statusCode()).isEqualTo(503);
            assertThat(down.body()).contains("RemoteSourceError", "500");
        }
    }

    @Test
    void onlyAdministratorsChangeThem() {
        try (TestServer server = serve("")) {
            TestAccount publisher = server.account("publisher", Role.PUBLISHER);
            String source = source(upstream, "mirror", "");
            for (String path : List.of("/sources", "/sources/try")) {
                assertThat(server.send("POST", path, BodyPublishers.ofString(source))
                                .statusCode())
                        .isEqualTo(401);
                assertThat(send(server, publisher, "POST", path, source).statusCode())
                        .isEqualTo(403);
            }
            assertThat(server.get("/sources/new", "Accept", "text/html").statusCode())
                    .isEqualTo(401);
            Browser browser = Browser.of(server, server.account("admin", Role.ADMIN));
            assertThat(browser.send("POST", "/sources", BodyPublishers.ofString(source))
                            .statusCode())
                    .isEqualTo(403);
            assertThat(browser.submit("/sources/new", "do=add&url=" + Browser.encoded(upstream.url()))
                            .statusCode())
                    .isEqualTo(403);
            assertThat(ownFile()).doesNotExist();
            assertThat(browser.write("POST", "/sources", BodyPublishers.ofString(source))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void theConfigurationIsTakenUpWhileTheServerRuns() throws Exception {
        String uuid = upstream.add(1, "base", bytes(1, SIZE));
        String elsewhere = other.add(2, "other", bytes(2, 5000));
        upstream.holdAt(HALF);
        try (TestServer server = serveOnDemand("")) {
            awaitKnown(server, uuid);
            CompletableFuture<byte[]> arriving = download(server, uuid);
            awaitFetch(upstream, uuid);
            String kept = source(upstream, "on-demand", "");
            reload(server, kept + ", " + source(other, "on-demand", ""));
            awaitKnown(server, elsewhere);
            assertThatThrownBy(() -> reload(server, kept + ", " + source(other, "mirror", ", \"ca_file\": \"no.pem\"")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("no.pem");
            assertThat(server.get("/images/" + elsewhere).statusCode()).isEqualTo(200);
            reload(server, kept);
            assertThat(server.get("/images/" + elsewhere).statusCode()).isEqualTo(404);
            upstream.goOn();
            assertThat(arriving.join()).isEqualTo(bytes(1, SIZE));
            assertThat(upstream.fetches(uuid)).isOne();
        }
    }

    private void reload(TestServer server, String sources) throws Exception {
        Path config = directory.resolve("config.json");
        String before = Files.readString(config);
        Files.writeString(config, before.replaceFirst("\"sources\": \\[.*\\]", "\"sources\": [" + sources + "]"));
        assertThat(server.server().reload(Settings.read(config, Settings.Overrides.NONE)))
                .isEmpty();
    }

    @Test
    void aFileThatSomebodyChangedByHandIsNotWrittenOver() throws Exception {
        try (TestServer server = serve("")) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            added(server, admin, source(upstream, "on-demand", ""));
            Files.writeString(ownFile(), "{\"sources\": [" + source(upstream, "on-demand", ", \"newest\": 3") + "]}");
            added(server, admin, source(other, "mirror", ""));
            assertThat(list(server, admin)).hasSize(2);
            assertThat(list(server, admin).path(0).at("/settings/newest").asInt())
                    .isEqualTo(3);
            Files.writeString(ownFile(), "{\"sources\": [");
            String id = list(server, admin).path(1).path("id").asText();
            HttpResponse<String> refused = send(server, admin, "DELETE", "/sources/" + id, "");
            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(refused.body()).contains("sources.json", "damaged", "line 1");
            assertThat(ownFile()).hasContent("{\"sources\": [");
            Files.writeString(
                    ownFile(), "{\"sources\": [" + source(upstream, "mirror", ", \"ca_file\": \"no.pem\"") + "]}");
            HttpResponse<String> unusable = send(server, admin, "POST", "/sources", source(other, "both", ""));
            assertThat(unusable.statusCode()).isEqualTo(422);
            assertThat(unusable.body()).contains("no.pem");
            assertThat(Files.readString(ownFile())).contains("no.pem").doesNotContain(other.url());
            assertThat(list(server, admin)).hasSize(2);
        }
    }

    @Test
    void theFormWorksWithoutAScriptAndSaysWhatIsWrongBesideTheField() {
        upstream.add(1, "base", bytes(1, 5000));
        try (TestServer server = serve("")) {
            Browser browser = Browser.of(server, server.account("admin", Role.ADMIN));
            String form = "csrf=" + browser.csrf() + "&policy=on-demand&credentials=a:hidden&url="
                    + Browser.encoded(upstream.url());
            HttpResponse<String> wrong =
                    browser.submit("/sources/new", form + "&do=add&newest=two", "Accept", "text/html");
            assertThat(wrong.statusCode()).isEqualTo(422);
            assertThat(wrong.body())
                    .contains(
                            "id=\"s-newest-hint\">\"newest\" must be a whole number",
                            "value=\"two\" ",
                            "value=\"" + upstream.url() + "\"")
                    .doesNotContain("a:hidden");
            HttpResponse<String> tried = browser.submit("/sources/new", form + "&do=try", "Accept", "text/html");
            assertThat(tried.body())
                    .contains("It would bring 1 image", "base 1.0.0")
                    .doesNotContain("a:hidden");
            assertThat(ownFile()).doesNotExist();
            HttpResponse<String> done =
                    browser.submit("/sources/new", form + "&do=add&newest=2", "Accept", "text/html");
            assertThat(done.statusCode()).isEqualTo(303);
            String page = browser.get(done.headers().firstValue("location").orElseThrow(), "Accept", "text/html")
                    .body();
            assertThat(page)
                    .contains("id=\"done\"", upstream.url(), "added here")
                    .doesNotContain("a:hidden");
            String edit = page.replaceAll("(?s).*href=\"(/sources/[0-9a-f]{12}/edit)\".*", "$1");
            assertThat(browser.get(edit, "Accept", "text/html").body())
                    .contains("value=\"2\"", "stay when this is empty")
                    .doesNotContain("a:hidden");
            assertThat(browser.submit(edit, "csrf=" + browser.csrf() + "&do=remove", "Accept", "text/html")
                            .statusCode())
                    .isEqualTo(303);
            assertThat(browser.get("/sources", "Accept", "text/html").body()).contains("There is none yet");
        }
    }

    @Test
    void theFormOfASourceInTheConfigurationCanOnlyBeTried() {
        upstream.add(1, "base", bytes(1, 5000));
        try (TestServer server = serveOnDemand(", \"filter\": {\"name\": \"<b>\"}")) {
            Browser browser = Browser.of(server, server.account("admin", Role.ADMIN));
            String list = browser.get("/sources", "Accept", "text/html").body();
            String edit = list.replaceAll("(?s).*href=\"(/sources/[0-9a-f]{12}/edit)\".*", "$1");
            assertThat(browser.get(edit, "Accept", "text/html").body())
                    .contains("configuration file", "&lt;b&gt;", "value=\"try\"")
                    .doesNotContain("value=\"save\"", "value=\"remove\"", "<b>");
            String proof = "csrf=" + browser.csrf();
            assertThat(browser.submit(edit, proof + "&do=try", "Accept", "text/html")
                            .body())
                    .contains("It would bring 0 images");
            assertThat(browser.submit(edit, proof + "&do=remove", "Accept", "text/html")
                            .statusCode())
                    .isEqualTo(422);
        }
    }
}
