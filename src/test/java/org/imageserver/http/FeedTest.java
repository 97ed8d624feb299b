package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

/** New images as a feed that any reader understands. */
class FeedTest {
    @TempDir
    private Path directory;

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(directory);
        for (int number = 1; number <= 60; number++) {
            String day = "2024-%02d-%02d".formatted(1 + number / 28, 1 + number % 28);
            String os = number % 2 == 0 ? "linux" : "smartos";
            server.images()
                    .add(
                            number,
                            manifest -> manifest.put("name", "name-" + os)
                                    .put("os", os)
                                    .put("published_at", day + "T00:00:00Z")
                                    .put("description", "one & <two>"));
        }
        server.rescan();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Element feed(String target) {
        HttpResponse<String> feed = server.get(target);
        assertThat(feed.statusCode()).isEqualTo(200);
        assertThat(feed.headers().firstValue("content-type")).contains("application/atom+xml; charset=utf-8");
        Element root = Xml.parse(feed.body()).getDocumentElement();
        assertThat(root.getNamespaceURI()).isEqualTo("http://www.w3.org/2005/Atom");
        return root;
    }

    @Test
    void hasTheNewestImagesAndAllThatAtomDemands() {
        Element feed = feed("/feed.atom");
        List<Element> entries = Xml.elements(feed, "entry");
        assertThat(entries).hasSize(50);
        assertThat(Xml.texts(entries.getFirst(), "id")).containsExactly("urn:uuid:" + TestImages.uuid(60));
        for (Element element : entries) {
            assertThat(Xml.texts(element, "title")).hasSize(1);
            assertThat(Instant.parse(Xml.texts(element, "updated").getFirst())).isAfter(Instant.EPOCH);
            assertThat(Xml.texts(element, "summary")).containsExactly("one & <two>");
        }
        assertThat(Xml.texts(feed, "updated").getFirst())
                .isEqualTo(Xml.texts(entries.getFirst(), "updated").getFirst());
        assertThat(Xml.texts(feed, "id").getFirst()).isEqualTo("http://127.0.0.1:" + server.port() + "/feed.atom");
        assertThat(Xml.elements(feed, "author")).hasSize(1);
        Element file = Xml.elements(entries.getFirst(), "link").getLast();
        assertThat(file.getAttribute("rel")).isEqualTo("enclosure");
        HttpResponse<byte[]> bytes = server.getBytes(
                file.getAttribute("href").substring(server.uri("/").toString().length() - 1));
        assertThat(file.getAttribute("length")).isEqualTo(Integer.toString(bytes.body().length));
    }

    @Test
    void takesTheFiltersOfTheListWhichLeadsToIt() {
        assertThat(server.get("/?os=linux&q=name", "Accept", "text/html").body())
                .contains(
                        "<link rel=\"alternate\" href=\"/feed.atom?q=name&amp;os=linux\" type=\"application/atom+xml\"");
        Element feed = feed("/feed.atom?q=name&os=linux");
        assertThat(Xml.texts(feed, "title"))
                .hasSize(31)
                .filteredOn(title -> title.startsWith("name-"))
                .allSatisfy(title -> assertThat(title).isEqualTo("name-linux 1.0.0"));
    }

    @Test
    void aNameHasItsOwn() {
        assertThat(server.get("/n/name-smartos", "Accept", "text/html").body())
                .contains("href=\"/n/name-smartos/feed.atom\"");
        assertThat(Xml.elements(feed("/n/name-smartos/feed.atom"), "entry")).hasSize(30);
    }

    @Test
    void anUnchangedFeedIsNotSentAgain() {
        String tag = server.get("/feed.atom").headers().firstValue("etag").orElseThrow();
        assertThat(server.get("/feed.atom", "If-None-Match", tag).statusCode()).isEqualTo(304);
        server.images().add(99, manifest -> manifest.put("published_at", "2025-01-01T00:00:00Z"));
        server.rescan();
        assertThat(server.get("/feed.atom", "If-None-Match", tag).statusCode()).isEqualTo(200);
    }

    @Test
    void withoutImagesItIsAFeedToo() {
        Element feed = feed("/feed.atom?os=beos");
        assertThat(Xml.elements(feed, "entry")).isEmpty();
        assertThat(Instant.parse(Xml.texts(feed, "updated").getFirst())).isEqualTo(Instant.EPOCH);
    }

    /** JSON may hold characters that XML cannot, not even escaped. */
    @Test
    void whateverAManifestSaysItStaysXml() {
        String hostile = "]]><script>\u0001\u000b\ufffe\uffff\ud83d\ude00 &amp; \"'";
        server.images()
                .add(
                        70,
                        manifest -> manifest.put("name", hostile)
                                .put("version", hostile)
                                .put("os", hostile)
                                .put("type", hostile)
                                .put("description", hostile)
                                .put("published_at", "2025-01-01T00:00:00Z"));
        server.rescan();
        Element entry = Xml.elements(feed("/feed.atom"), "entry").getFirst();
        assertThat(Xml.texts(entry, "summary")).containsExactly("]]><script>\ud83d\ude00 &amp; \"'");
        String name = URLEncoder.encode(hostile, StandardCharsets.UTF_8).replace("+", "%20");
        assertThat(Xml.elements(feed("/n/" + name + "/feed.atom"), "entry")).hasSize(1);
        assertThat(Xml.texts(
                        Xml.parse(server.get("/n/" + name + "/badge.svg").body())
                                .getDocumentElement(),
                        "text"))
                .hasSize(2);
    }
}
