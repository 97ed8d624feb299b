package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Styles and scripts: kept by browsers for good, under an address that changes with them. */
class StaticFilesTest {
    private static final Path SOURCES = Path.of("src/main/resources/org/imageserver/http/web/static");
    private static final Pattern ADDRESS = Pattern.compile("\"(/static/([0-9a-f]{12})/[^\"]+)\"");

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

    @Test
    void whatAPageNamesIsThereForGood() {
        List<String> addresses = addresses();
        assertThat(addresses)
                .anyMatch(address -> address.endsWith("/pages.css"))
                .anyMatch(address -> address.endsWith("/htmx.min.js"));
        for (String address : addresses) {
            HttpResponse<byte[]> file = server.getBytes(address, "Accept-Encoding", "gzip");
            assertThat(file.statusCode()).isEqualTo(200);
            assertThat(file.headers().firstValue("cache-control")).contains("public, max-age=31536000, immutable");
            assertThat(file.headers().firstValue("content-encoding")).contains("gzip");
            assertThat(file.headers().firstValue("x-content-type-options")).contains("nosniff");
            assertThat(server.getBytes(address).body().length).isGreaterThan(file.body().length);
        }
    }

    @Test
    void everyFileOfTheSourcesIsServedAsWhatItIs() throws IOException {
        String version = version();
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                HttpResponse<byte[]> served = server.getBytes("/static/" + version + "/" + name);
                assertThat(served.body()).as(name).isEqualTo(Files.readAllBytes(file));
                assertThat(served.headers().firstValue("content-type").orElse(""))
                        .startsWith(
                                name.endsWith(".css")
                                        ? "text/css"
                                        : name.endsWith(".js") ? "text/javascript" : "image/");
            }
        }
    }

    /** A page that was open during an upgrade still works, and does not keep the new file under the old address. */
    @Test
    void anotherVersionIsNotKept() {
        HttpResponse<String> file = server.get("/static/000000000000/pages.css");
        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(file.headers().firstValue("cache-control")).contains("no-cache");
    }

    @Test
    void nothingElseOfTheJarIsServed() {
        for (String name :
                new String[] {"no-such.css", "..%2fstatic%2fpages.css", "%2e%2e", "WebRoutes.class", "PAGES.CSS"}) {
            assertThat(server.get("/static/" + version() + "/" + name).statusCode())
                    .as(name)
                    .isEqualTo(404);
        }
    }

    private List<String> addresses() {
        return ADDRESS.matcher(server.get("/docs").body())
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private String version() {
        MatchResult found = ADDRESS.matcher(server.get("/docs").body())
                .results()
                .findFirst()
                .orElseThrow();
        return found.group(2);
    }
}
