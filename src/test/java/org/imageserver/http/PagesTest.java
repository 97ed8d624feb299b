package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person sees who opens the server's address, and what an error looks like. */
class PagesTest {
    private static final String FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

    @TempDir
    private Path directory;

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(directory);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/docs"})
    void aPageIsHtmlThatRunsNothing(String target) {
        HttpResponse<String> page = server.get(target, "Accept", FIREFOX);
        assertThat(page.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
        assertThat(page.headers().firstValue("content-security-policy").orElse(""))
                .contains("default-src 'none'")
                .contains("frame-ancestors 'none'")
                .contains("script-src 'self'")
                .doesNotContain("unsafe", "*");
        assertThat(page.body()).startsWith("<!doctype html>").doesNotContain("<script>", " style=", " onclick=");
    }

    @Test
    void theFrontPageEscapesWhatManifestsSay() {
        String hostile = "<script>alert(\"1\")</script>'&amp;<img src=x onerror=alert(2)>";
        server.images()
                .add(
                        1,
                        manifest -> manifest.put("name", hostile)
                                .put("version", hostile)
                                .put("os", hostile)
                                .put("type", hostile)
                                .put("description", hostile));
        server.rescan();
        String page = server.get("/", "Accept", FIREFOX).body();
        assertThat(page)
                .doesNotContain("<script>", "<img src=x", "</script>'")
                .contains("&lt;script&gt;alert(\"1\")&lt;/script&gt;'&amp;amp;&lt;img src=x onerror=alert(2)&gt;");
        assertThat(server.names("/images")).containsExactly(hostile);
    }

    @Test
    void theFrontPageShowsTheNewestImages() {
        for (int number = 1; number <= 120; number++) {
            String year = Integer.toString(1900 + number);
            server.images().add(number, manifest -> manifest.put("published_at", year + "-01-01T00:00:00Z"));
        }
        server.images().add(200, manifest -> manifest.put("state", "disabled").put("name", "not-shown"));
        server.rescan();
        String page = server.get("/", "Accept", FIREFOX).body();
        assertThat(page).contains("120 images", "2020-01-01", "1921-01-01", TestImages.uuid(120));
        assertThat(page).doesNotContain("1920-01-01", "not-shown", TestImages.uuid(1));
        assertThat(page.indexOf("2020-01-01")).isLessThan(page.indexOf("2019-01-01"));
    }

    @Test
    void programsGetTheNamesOfTheApis() {
        for (String accept : new String[] {"*/*", "application/json", "text/html;q=0", ""}) {
            HttpResponse<String> names = server.get("/", "Accept", accept);
            assertThat(names.headers().firstValue("content-type")).contains("application/json");
            assertThat(TestServer.json(names).at("/imgapi/images").asText()).isEqualTo("/images");
        }
    }

    /** Else a cache before the server would give a program the page of a browser. */
    @Test
    void cachesKnowThatTheFrontPageDependsOnWhoAsks() {
        for (String accept : new String[] {FIREFOX, "*/*"}) {
            assertThat(server.get("/", "Accept", accept)
                            .headers()
                            .firstValue("vary")
                            .orElse(""))
                    .contains("Accept,", "Accept-Encoding");
        }
    }

    @Test
    void thePagesOfTheOperatorWin() throws IOException {
        Path images = server.images().directory();
        Files.writeString(images.resolve("index.html"), "<h1>Größe</h1>");
        Files.writeString(images.resolve("index.json"), "{\"own\": true}");
        HttpResponse<String> page = server.get("/", "Accept", FIREFOX);
        assertThat(page.body()).isEqualTo("<h1>Größe</h1>");
        assertThat(page.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
        assertThat(page.headers().firstValue("vary").orElse("")).contains("Accept,");
        assertThat(server.get("/").body()).isEqualTo("{\"own\": true}");
        String tag = page.headers().firstValue("etag").orElseThrow();
        assertThat(server.get("/", "Accept", FIREFOX, "If-None-Match", tag).statusCode())
                .isEqualTo(304);
        Files.delete(images.resolve("index.html"));
        assertThat(server.get("/", "Accept", FIREFOX).body()).contains("imgadm sources");
    }

    @Test
    void everyErrorHasASample() {
        String docs = server.get("/docs").body();
        for (ErrorCode code : ErrorCode.values()) {
            for (String name : new String[] {code.name(), code.name().replaceFirst("Error$", "")}) {
                HttpResponse<String> sample = server.get("/ping?error=" + name);
                assertThat(sample.statusCode()).isEqualTo(code.status());
                assertThat(TestServer.json(sample).path("code").asText()).isEqualTo(code.name());
                assertThat(TestServer.json(sample).path("message").asText()).isNotBlank();
            }
            assertThat(docs).contains("<code>" + code.name() + "</code>");
        }
    }
}
