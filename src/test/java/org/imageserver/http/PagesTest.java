package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    @ValueSource(
            strings = {
                "/",
                "/docs",
                "/about",
                "/n/image-00000001",
                "/n/nothing",
                "/status",
                "/i/00000001-0000-4000-8000-000000000000"
            })
    void aPageIsHtmlThatRunsNothing(String target) {
        server.images().add(1);
        server.rescan();
        HttpResponse<String> page = server.get(target, "Accept", FIREFOX);
        assertThat(page.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
        assertThat(page.headers().firstValue("content-security-policy").orElse(""))
                .contains("default-src 'none'")
                .contains("frame-ancestors 'none'")
                .contains("script-src 'self'")
                .doesNotContain("unsafe", "*");
        assertThat(page.body())
                .startsWith("<!doctype html>")
                .doesNotContain("<script>", " style=", " onclick=", "http-equiv");
        for (String header : new String[] {"x-content-type-options", "referrer-policy", "permissions-policy", "etag"}) {
            assertThat(page.headers().firstValue(header)).as(header).isPresent();
        }
        assertThat(page.headers().firstValue("cache-control")).contains("private, no-cache");
    }

    /** Every page that shows what manifests say; script in every field is text on each. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/?view=images",
                "/?q=HOSTILE",
                "/?os=HOSTILE&type=HOSTILE&brand=HOSTILE&owner=HOSTILE&sort=HOSTILE&page=HOSTILE&view=HOSTILE",
                "/n/HOSTILE",
                "/n/nothing-HOSTILE",
                "/n/HOSTILE/badge.svg",
                "/i/00000001-0000-4000-8000-000000000000",
                "/i/00000001-0000-4000-8000-000000000000?alias=HOSTILE&brand=HOSTILE&ram=HOSTILE&ip0=HOSTILE&key=HOSTILE"
            })
    void aPageEscapesWhatManifestsAndAddressesSay(String target) {
        String hostile = "<script>alert(\"1\")</script>'&amp;<img src=x onerror=alert(2)>\"><b>${x}";
        server.images().add(1, manifest -> {
            manifest.put("name", hostile)
                    .put("version", hostile)
                    .put("os", hostile)
                    .put("type", hostile)
                    .put("description", hostile)
                    .put("homepage", "javascript:alert(1)");
            manifest.putObject("requirements").put("brand", hostile);
        });
        server.images().add(2, manifest -> manifest.put("os", "linux").put("type", "zvol"));
        server.rescan();
        String encoded = URLEncoder.encode(hostile, StandardCharsets.UTF_8).replace("+", "%20");
        HttpResponse<String> page = server.get(target.replace("HOSTILE", encoded), "Accept", FIREFOX);
        assertThat(page.statusCode()).isIn(200, 404);
        assertThat(page.body())
                .doesNotContain("<script>", "<img src=x", "<b>", "\"1\")</script>", "=\"javascript:")
                .contains("&lt;script&gt;alert(");
        assertThat(server.names("/images")).contains(hostile);
    }

    @Test
    void programsGetTheNamesOfTheApis() {
        for (String accept : new String[] {"*/*", "application/json", "text/html;q=0", ""}) {
            HttpResponse<String> names = server.get("/", "Accept", accept);
            assertThat(names.headers().firstValue("content-type")).contains("application/json");
            assertThat(TestServer.json(names).at("/imgapi/images").asText()).isEqualTo("/images");
        }
    }

    @Test
    void anAddressThatIsNoneIsAPageForABrowser() {
        HttpResponse<String> page = server.get("/imagez/b", "Accept", FIREFOX);
        assertThat(page.statusCode()).isEqualTo(404);
        assertThat(page.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
        assertThat(page.body()).contains("/imagez/b does not exist", "href=\"/\"");
        HttpResponse<String> answer = server.get("/imagez/b");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(TestServer.json(answer).path("code").asText()).isEqualTo("ResourceNotFound");
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
        assertThat(server.get("/?view=names", "Accept", FIREFOX).body()).contains("imgadm sources");
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

    @Test
    void theAboutPageHasCommandsForThisVeryServer() {
        assertThat(server.get("/about").body())
                .contains(
                        "imgadm sources -a http://127.0.0.1:" + server.port() + "<",
                        "imgadm sources -a http://127.0.0.1:" + server.port() + "/datasets -t dsapi",
                        "IMGADM_INSECURE=1",
                        "rsync -a",
                        "href=\"/docs\"",
                        "href=\"/openapi.json\"");
    }
}
