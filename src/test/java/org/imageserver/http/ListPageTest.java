package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
import org.junit.jupiter.params.provider.ValueSource;

/** The list of images as a browser without JavaScript gets it: what is found, in which order, and where it leads. */
class ListPageTest {
    private static final Pattern NAME = Pattern.compile("<a class=\"name\" href=\"/i/([^\"]*)\">([^<]*)</a>");
    private static final Pattern CHOICE =
            Pattern.compile("<input type=\"checkbox\" id=\"[^\"]*\" name=\"([a-z]+)\" value=\"([^\"]*)\"( checked)?> "
                    + "<span[^>]*>[^<]*</span> <span[^>]*>([0-9,]+)</span>");

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

    private void add(int number, String name, String version, String day) {
        add(number, name, version, day, manifest -> {});
    }

    private void add(int number, String name, String version, String day, Consumer<ObjectNode> change) {
        server.images().add(number, manifest -> {
            manifest.put("name", name).put("version", version).put("published_at", day + "T12:00:00Z");
            change.accept(manifest);
        });
    }

    private void addFew() {
        add(1, "base-64", "23.4.0", "2023-12-01");
        add(2, "base-64", "24.4.0", "2024-12-01");
        add(3, "debian-12", "20240101", "2024-01-01", manifest -> {
            manifest.put("os", "linux").put("type", "lx-dataset").put("description", "A Container of BOOKWORM");
            manifest.putObject("requirements").put("brand", "lx");
        });
        add(4, "rocky-9", "9.4", "2024-06-01", manifest -> {
            manifest.put("os", "linux").put("type", "zvol").put("description", "grüße aus ÖSTERREICH\n\"second\" line");
            manifest.putObject("requirements").put("brand", "bhyve");
        });
        server.rescan();
    }

    private HttpResponse<String> page(String target, String... headers) {
        String[] all = Stream.concat(Stream.of("Accept", "text/html"), Arrays.stream(headers))
                .toArray(String[]::new);
        return server.get(target, all);
    }

    private List<String> names(String target) {
        return NAME.matcher(page(target).body())
                .results()
                .map(found -> found.group(2))
                .toList();
    }

    private List<String> choices(String target, String facet) {
        return CHOICE.matcher(page(target).body())
                .results()
                .filter(found -> found.group(1).equals(facet))
                .map(found -> found.group(2) + " " + found.group(4) + (found.group(3) == null ? "" : " chosen"))
                .toList();
    }

    @Test
    void aNameHasOneLineWithItsNewestVersion() {
        addFew();
        String page = page("/").body();
        assertThat(names("/")).containsExactly("base-64", "rocky-9", "debian-12");
        assertThat(page)
                .contains(
                        "3 names, 4 images",
                        "<a class=\"others\" href=\"/n/base-64\">2 versions</a>",
                        "imgadm import -S http://127.0.0.1:" + server.port() + " " + TestImages.uuid(2),
                        "imgadm sources -a http://127.0.0.1:" + server.port())
                .doesNotContain("23.4.0", TestImages.uuid(1));
    }

    @Test
    void everyImageHasALineWhenAsked() {
        addFew();
        assertThat(names("/?view=images")).containsExactly("base-64", "rocky-9", "debian-12", "base-64");
        assertThat(page("/?view=images").body()).contains("4 images", "23.4.0", "24.4.0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "base            | base-64",
                "BASE            | base-64",
                "24.4            | base-64",
                "bookworm        | debian-12",
                "container deb   | debian-12",
                "GRÜSSE          | ",
                "GRÜßE           | rocky-9",
                "österreich      | rocky-9",
                "%22second%22    | rocky-9",
                "second          | rocky-9",
                "nsecond         | ",
                "lx              | debian-12",
                "bhyve linux     | rocky-9",
                "zvol            | rocky-9",
                "00000003-0000   | debian-12",
                "base bookworm   | ",
                "description     | ",
                "a b c d e f g h | "
            })
    void everyWordMustBeSomewhere(String words, String expected) {
        addFew();
        List<String> found = names("/?q="
                + words.strip()
                        .replace(" ", "+")
                        .replace("Ü", "%C3%9C")
                        .replace("ß", "%C3%9F")
                        .replace("ö", "%C3%B6"));
        assertThat(found).isEqualTo(expected == null ? List.of() : List.of(expected));
    }

    /** What stands in other fields of the same name, deeper in the manifest, is not the image's description. */
    @Test
    void onlyTheImagesOwnDescriptionIsSearched() {
        add(1, "a", "1", "2024-01-01", manifest -> {
            ((ObjectNode) manifest.path("files").get(0)).put("description", "inner");
            manifest.putObject("requirements").putArray("networks").addObject().put("description", "inner");
            manifest.put("description", "outer \\ end");
        });
        server.rescan();
        assertThat(names("/?q=inner")).isEmpty();
        assertThat(names("/?q=outer")).containsExactly("a");
        assertThat(names("/?q=%5C")).containsExactly("a");
        assertThat(page("/").body()).contains("outer \\ end");
    }

    @Test
    void facetsNarrowAndCount() {
        addFew();
        assertThat(choices("/", "os")).containsExactly("linux 2", "smartos 1");
        assertThat(choices("/?view=images", "os")).containsExactly("linux 2", "smartos 2");
        assertThat(names("/?os=linux")).containsExactly("rocky-9", "debian-12");
        assertThat(choices("/?os=linux", "os")).containsExactly("linux 2 chosen", "smartos 1");
        assertThat(choices("/?os=linux", "type")).containsExactly("lx-dataset 1", "zvol 1");
        assertThat(choices("/?os=linux&type=zvol", "type")).containsExactly("lx-dataset 1", "zvol 1 chosen");
        assertThat(choices("/?os=linux&type=zvol", "os")).containsExactly("linux 1 chosen");
        assertThat(names("/?os=linux&os=smartos&q=base")).containsExactly("base-64");
        assertThat(names("/?brand=lx&brand=bhyve")).containsExactly("rocky-9", "debian-12");
        assertThat(names("/?owner=00000000-0000-0000-0000-000000000000")).hasSize(3);
        assertThat(names("/?os=beos")).isEmpty();
        assertThat(choices("/?os=beos", "os")).containsExactly("linux 2", "smartos 1", "beos 0 chosen");
    }

    @Test
    void eachFilterCanBeTakenAway() {
        addFew();
        String page = page("/?q=rocky&os=linux&type=zvol&sort=name").body();
        assertThat(page)
                .contains(
                        "href=\"/?os=linux&amp;type=zvol&amp;sort=name\"",
                        "href=\"/?q=rocky&amp;type=zvol&amp;sort=name\"",
                        "href=\"/?q=rocky&amp;os=linux&amp;sort=name\"",
                        "href=\"/?sort=name\"");
    }

    @Test
    void sortsByWhatOneAsksFor() {
        server.images().add(1, new byte[3000]);
        server.images().add(2, new byte[1000]);
        server.images().add(3, new byte[2000]);
        server.rescan();
        String one = "image-00000001";
        String two = "image-00000002";
        String three = "image-00000003";
        assertThat(names("/?sort=size")).containsExactly(one, three, two);
        assertThat(names("/?sort=-size")).containsExactly(two, three, one);
        assertThat(names("/?sort=name")).containsExactly(one, two, three);
        assertThat(names("/?sort=-name")).containsExactly(three, two, one);
        assertThat(names("/?sort=nonsense")).hasSize(3);
        assertThat(names("/?sort=downloads")).containsExactly(one, two, three);
    }

    @Test
    void theCaseOfANameDoesNotDecideItsPlace() {
        add(1, "b", "1", "2024-01-01");
        add(2, "B", "1", "2024-01-02");
        add(3, "a", "1", "2024-01-03");
        add(4, "C", "1", "2024-01-04");
        add(5, "b", "2", "2024-01-05");
        server.rescan();
        assertThat(names("/?sort=name")).containsExactly("a", "B", "b", "C");
        assertThat(names("/?sort=name&view=images")).containsExactly("a", "B", "b", "b", "C");
    }

    @Test
    void aLongListHasPages() {
        for (int number = 1; number <= 120; number++) {
            add(number, "name-%03d".formatted(number), "1", "2024-01-01");
        }
        server.rescan();
        assertThat(names("/?sort=name")).hasSize(50).startsWith("name-001").endsWith("name-050");
        assertThat(names("/?sort=name&page=3")).hasSize(20).startsWith("name-101");
        assertThat(names("/?sort=name&page=99")).isEqualTo(names("/?sort=name&page=3"));
        assertThat(names("/?sort=name&page=0")).isEqualTo(names("/?sort=name"));
        assertThat(names("/?sort=name&page=x")).isEqualTo(names("/?sort=name"));
        String second = page("/?sort=name&page=2").body();
        assertThat(second)
                .contains(
                        "51 to 100 of 120",
                        "rel=\"prev\" id=\"previous\" href=\"/?sort=name\"",
                        "rel=\"next\" id=\"next\" href=\"/?sort=name&amp;page=3\"");
        assertThat(page("/?sort=name").body()).doesNotContain("rel=\"prev\"");
        assertThat(page("/?sort=name&page=3").body()).doesNotContain("rel=\"next\"");
    }

    @Test
    void theAddressSaysAllThatTheFormShows() {
        addFew();
        String page = page("/?q=linux&os=linux&view=images&sort=-size").body();
        assertThat(page)
                .contains(
                        "name=\"q\" value=\"linux\"",
                        "name=\"view\" value=\"images\"",
                        "<option value=\"-size\" selected>",
                        "<title>linux · SmartOS images</title>")
                .contains("<form id=\"search\" action=\"/\" method=\"get\"")
                // Else a script asks for anything, and is given the names of the APIs.
                .contains("hx-headers='{\"Accept\":\"text/html\"}'");
        assertThat(page("/?q=&os=linux&sort=published&page=1").headers().firstValue("hx-push-url"))
                .contains("/?os=linux");
    }

    @Test
    void theApiGivesTheSameWhereItCan() {
        addFew();
        assertThat(page("/?os=linux&type=zvol").body())
                .contains("href=\"/images?os=linux&amp;type=zvol&amp;sort=published_at.desc\"");
        assertThat(server.names("/images?os=linux&type=zvol&sort=published_at.desc"))
                .containsExactly("rocky-9");
        for (String target : new String[] {"/?q=rocky", "/?brand=lx", "/?os=linux&os=smartos"}) {
            assertThat(page(target).body()).doesNotContain(">JSON</a>");
        }
    }

    @Test
    void onlyWhoMaySeeAnImageFindsIt() {
        TestAccount owner = server.account("owner", Role.PUBLISHER);
        TestAccount other = server.account("other", Role.PUBLISHER);
        add(1, "open", "1", "2024-01-01");
        add(
                2,
                "private",
                "1",
                "2024-01-02",
                manifest -> manifest.put("public", false).put("owner", owner.uuid()));
        add(
                3,
                "retired",
                "1",
                "2024-01-03",
                manifest ->
                        manifest.put("state", "disabled").put("disabled", true).put("owner", owner.uuid()));
        server.rescan();
        assertThat(names("/")).containsExactly("open");
        assertThat(names("/?state=disabled")).isEmpty();
        assertThat(choices("/", "state")).isEmpty();
        assertThat(page("/?q=private").body()).doesNotContain(TestImages.uuid(2));
        String mine = page("/", "Authorization", owner.basic()).body();
        assertThat(mine).contains("private", "2 names, 2 images", "mine (owner)");
        assertThat(page("/?state=disabled", "Authorization", owner.basic()).body())
                .contains("retired", TestImages.uuid(3))
                .doesNotContain(TestImages.uuid(1));
        assertThat(page("/", "Authorization", other.basic()).body()).doesNotContain(TestImages.uuid(2));
    }

    @Test
    void anEmptyServerTellsHowToPublish() {
        assertThat(page("/").body()).contains("No images yet", "/publish?name=base");
    }

    @Test
    void nothingFoundTellsHowToFindMore() {
        addFew();
        String page = page("/?q=nothing&os=linux").body();
        assertThat(page)
                .contains("Nothing matches", "0 names", "href=\"/?q=nothing\"", "href=\"/?os=linux\"", "href=\"/\"");
    }

    @Test
    void aReloadOfAnUnchangedListSendsNothing() {
        addFew();
        HttpResponse<String> first = page("/?os=linux");
        String tag = first.headers().firstValue("etag").orElseThrow();
        assertThat(page("/?os=linux", "If-None-Match", tag).statusCode()).isEqualTo(304);
        assertThat(page("/?os=smartos", "If-None-Match", tag).statusCode()).isEqualTo(200);
        add(9, "other", "1", "2024-02-02", manifest -> manifest.put("os", "linux"));
        server.rescan();
        assertThat(page("/?os=linux", "If-None-Match", tag).statusCode()).isEqualTo(200);
    }

    @Test
    void aListIsGzippedForWhoCanReadIt() {
        addFew();
        HttpResponse<byte[]> zipped = server.getBytes("/", "Accept", "text/html", "Accept-Encoding", "gzip");
        assertThat(zipped.headers().firstValue("content-encoding")).contains("gzip");
        assertThat(zipped.body().length).isLessThan(page("/").body().length() / 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a b+c", "größe-\u6f22", "100%", "?q=1&x#y", "~tilde", "a;b=c", "..."})
    void anyNameHasAPage(String name) {
        add(1, name, "1.0", "2024-01-01");
        server.rescan();
        MatchResult link = Pattern.compile("<a class=\"others\" href=\"([^\"]+)\"")
                .matcher(twoVersions(name))
                .results()
                .findFirst()
                .orElseThrow();
        HttpResponse<String> page = page(link.group(1).replace("&amp;", "&"));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("2 versions", "<h1>" + name.replace("&", "&amp;") + "</h1>");
    }

    private String twoVersions(String name) {
        add(2, name, "2.0", "2024-01-02");
        server.rescan();
        return page("/").body();
    }
}
