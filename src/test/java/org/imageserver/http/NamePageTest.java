package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.imageserver.TestAccount;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;

/** The page of a name, and its links that stay: the latest image, the badge. */
class NamePageTest {
    @TempDir
    private Path directory;

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(directory);
        add(1, "base", "23.4.0", "2023-12-01", "active");
        add(2, "base", "24.4.0", "2024-12-01", "active");
        add(3, "base", "23.4.1", "2025-01-01", "active");
        add(4, "base", "25.1.0", "2025-02-01", "disabled");
        add(5, "base-lts", "24.4.0", "2024-12-01", "active");
        server.rescan();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void add(int number, String name, String version, String day, String state) {
        server.images()
                .add(
                        number,
                        manifest -> manifest.put("name", name)
                                .put("version", version)
                                .put("published_at", day + "T12:00:00Z")
                                .put("state", state)
                                .put("disabled", state.equals("disabled")));
    }

    private HttpResponse<String> page(String target) {
        return server.get(target, "Accept", "text/html");
    }

    @Test
    void showsEveryVersionTheNewestFirst() {
        String page = page("/n/base").body();
        assertThat(page)
                .contains("3 versions", "<title>base · SmartOS images</title>", "href=\"/images?name=base\"")
                .containsSubsequence(TestImages.uuid(3), "3 versions", TestImages.uuid(3), TestImages.uuid(2))
                .containsSubsequence("3 versions", TestImages.uuid(2), TestImages.uuid(1))
                .doesNotContain(TestImages.uuid(4), TestImages.uuid(5));
        assertThat(server.names("/images?name=base")).hasSize(3);
    }

    @Test
    void whoMaySeeRetiredVersionsSeesThatTheyAreRetired() {
        TestAccount admin = server.account("admin", Role.ADMIN);
        String page = server.get("/n/base", "Accept", "text/html", "Authorization", admin.basic())
                .body();
        assertThat(page)
                .contains("4 versions", "Latest: <a href=\"/i/" + TestImages.uuid(3) + "\">")
                .containsPattern(
                        TestImages.uuid(4) + "\">25\\.1\\.0</a>\\s*<span class=\"badge warn\">disabled</span>");
    }

    @ParameterizedTest
    @CsvSource({"'', 3", "?version=24, 2", "?version=23, 3", "?version=23.4.0, 1", "?version=24.4.0, 2"})
    void latestLeadsToTheNewestActiveImage(String query, int expected) {
        HttpResponse<String> latest = server.get("/n/base/latest" + query);
        assertThat(latest.statusCode()).isEqualTo(302);
        assertThat(latest.headers().firstValue("location")).contains("/i/" + TestImages.uuid(expected));
        assertThat(latest.headers().firstValue("cache-control")).contains("no-cache");
    }

    @Test
    void aProgramGetsToTheManifestOfTheLatest() {
        HttpResponse<String> latest = server.get("/n/base/latest", "Accept", "application/json");
        String manifest = latest.headers().firstValue("location").orElseThrow();
        assertThat(TestServer.json(server.get(manifest)).path("version").asText())
                .isEqualTo("23.4.1");
    }

    @ParameterizedTest
    @CsvSource({
        "/n/nope",
        "/n/bas",
        "/n/BASE",
        "/n/nope/latest",
        "/n/base/latest?version=2",
        "/n/base/latest?version=25.1.0",
        "/n/nope/badge.svg",
        "/n/nope/feed.atom"
    })
    void whatIsNotThereIsSaidToPeopleAndPrograms(String target) {
        HttpResponse<String> program = server.get(target);
        assertThat(program.statusCode()).isEqualTo(404);
        assertThat(TestServer.json(program).path("code").asText()).isEqualTo("ResourceNotFound");
        HttpResponse<String> person = page(target);
        assertThat(person.statusCode()).isEqualTo(404);
        assertThat(person.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
        assertThat(person.body())
                .contains(
                        "<h1>Not found</h1>",
                        TestServer.json(program).path("message").asText());
    }

    @Test
    void theBadgeIsAPictureOfNameAndLatestVersion() {
        HttpResponse<String> badge = server.get("/n/base/badge.svg");
        assertThat(badge.headers().firstValue("content-type")).contains("image/svg+xml");
        assertThat(badge.headers().firstValue("content-security-policy")).contains("default-src 'none'");
        Element svg = Xml.parse(badge.body()).getDocumentElement();
        assertThat(svg.getLocalName()).isEqualTo("svg");
        assertThat(svg.getAttribute("aria-label")).isEqualTo("base 23.4.1");
        assertThat(Xml.texts(svg, "text")).containsExactly("base", "23.4.1");
        String tag = badge.headers().firstValue("etag").orElseThrow();
        assertThat(server.get("/n/base/badge.svg", "If-None-Match", tag).statusCode())
                .isEqualTo(304);
    }

    @Test
    void theSnippetForAReadmeLeadsBackHere() {
        String origin = "http://127.0.0.1:" + server.port();
        assertThat(page("/n/base").body())
                .contains("[![base](" + origin + "/n/base/badge.svg)](" + origin + "/n/base)");
        add(9, "a]b\\", "1", "2024-01-01", "active");
        server.rescan();
        assertThat(page("/n/a%5Db%5C").body()).contains("[![a\\]b\\\\](" + origin + "/n/a%5Db%5C/badge.svg)");
    }

    @Test
    void manyVersionsHavePages() {
        for (int number = 100; number < 170; number++) {
            add(number, "many", "v" + number, "2024-01-01", "active");
        }
        server.rescan();
        assertThat(page("/n/many").body())
                .contains("70 versions", "1 to 50 of 70", "rel=\"next\" href=\"/n/many?page=2\"");
        assertThat(page("/n/many?page=2").body()).contains("51 to 70 of 70", "rel=\"prev\" href=\"/n/many\"");
    }
}
