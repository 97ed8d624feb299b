package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.imageserver.Browser;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages on which people publish and change images, as they come from the server. */
class WritingPagesTest {
    private static final Pattern OPTION = Pattern.compile("<option value=\"([^\"]*)\"");

    @TempDir
    private Path directory;

    private Publishing publishing;
    private TestServer server;

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, "");
        server = publishing.server();
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    private Browser browser(Publishing.Client client) {
        return Browser.of(server, client.account());
    }

    private static String page(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-security-policy").orElse(""))
                .contains("default-src 'none'; script-src 'self'");
        assertThat(answer.headers().firstValue("cache-control").orElse("")).contains("private");
        assertThat(answer.body()).doesNotContainPattern("<script>|<script [^>]*>[^<]|style=|onclick");
        return answer.body();
    }

    private String edit(Browser browser, String uuid) {
        return page(browser.get("/i/" + uuid + "/edit", "Accept", "text/html"));
    }

    @Test
    void whoIsNotSignedInIsToldHowToGetAnAccount() {
        String page = page(server.get("/publish"));
        assertThat(page)
                .contains("id=\"sign-in-first\"", "href=\"/sign-in?next=%2Fpublish\"", "image-server user add NAME")
                .doesNotContain("publish-form", "publish.js", "name=\"csrf\"");
        String uuid = publishing.alice().publish(Publishing.FULL, "");
        assertThat(edit(new Browser(server), uuid))
                .contains("id=\"sign-in-first\"", "href=\"/sign-in?next=%2Fi%2F" + uuid + "%2Fedit\"")
                .doesNotContain("edit-form", "edit.js");
    }

    @Test
    void whoMayOnlyReadIsToldWhy() {
        Browser reader = browser(publishing.reader());
        String uuid = publishing.alice().publish(Publishing.FULL, "");
        assertThat(page(reader.get("/publish")))
                .contains("id=\"only-reads\"", "image-server user add reader --rotate --role publisher")
                .doesNotContain("publish-form");
        assertThat(edit(reader, uuid)).contains("id=\"only-reads\"").doesNotContain("edit-form");
    }

    @Test
    void whoMayPublishGetsTheFormAndTheProofThatScriptsSend() {
        Browser alice = browser(publishing.alice());
        String page = page(alice.get("/publish"));
        assertThat(page)
                .contains("id=\"publish-form\"", "<meta name=\"csrf\" content=\"" + alice.csrf() + "\">", "20.0 GiB")
                .doesNotContain("data-field=\"owner\"", "value=\"server\"");
        assertThat(page(browser(publishing.admin()).get("/publish")))
                .contains("data-field=\"owner\"", "value=\"server\"");
    }

    @Test
    void everyModuleThatAPageLoadsIsThereWithWhatItImports() {
        Browser alice = browser(publishing.alice());
        String uuid = publishing.alice().publish(Publishing.FULL, "");
        Pattern script = Pattern.compile("<script type=\"module\" src=\"([^\"]+/)([a-z]+\\.js)\"");
        Pattern imported = Pattern.compile("from '\\./([a-z]+\\.js)'");
        for (String path : List.of("/publish", "/i/" + uuid + "/edit")) {
            Matcher scripts = script.matcher(page(alice.get(path, "Accept", "text/html")));
            assertThat(scripts.results().count()).isEqualTo(2);
            scripts.reset();
            while (scripts.find()) {
                String source = server.get(scripts.group(1) + scripts.group(2)).body();
                Matcher imports = imported.matcher(source);
                while (imports.find()) {
                    assertThat(server.get(scripts.group(1) + imports.group(1)).statusCode())
                            .as(imports.group(1))
                            .isEqualTo(200);
                }
            }
        }
    }

    /** What a select offers, the server takes. */
    @ParameterizedTest
    @ValueSource(strings = {"os", "type"})
    void everyChoiceIsOneThatTheServerTakes(String field) {
        String page = page(browser(publishing.alice()).get("/publish"));
        int start = page.indexOf("<select id=\"f-" + field + "\"");
        Matcher options = OPTION.matcher(page.substring(start, page.indexOf("</select>", start)));
        TusClient tus = new TusClient(publishing.alice());
        int count = 0;
        while (options.find()) {
            if (!options.group(1).isEmpty()) {
                String upload = tus.begin("?name=n&version=1&" + field + "=" + options.group(1), 5);
                assertThat(tus.cancel(upload).statusCode()).isEqualTo(204);
                count++;
            }
        }
        assertThat(count).isGreaterThanOrEqualTo(5);
    }

    @Test
    void theEditPageHasTheImagesFieldsAndItsTag() {
        String uuid = publishing
                .alice()
                .publish(
                        Publishing.FULL,
                        "&description=two%0Alines&tags=%7B%22role%22%3A%22db%22%2C%22count%22%3A3%2C%22text%22%3A%223%22%7D"
                                + "&requirements=%7B%22min_ram%22%3A512%2C%22min_platform%22%3A%7B%227.0%22%3A%2220180830T001556Z%22%7D"
                                + "%2C%22networks%22%3A%5B%7B%22name%22%3A%22net0%22%2C%22description%22%3A%22public%22%7D%5D%7D"
                                + "&users=%5B%7B%22name%22%3A%22root%22%7D%5D");
        String page = edit(browser(publishing.alice()), uuid);
        String etag = publishing
                .alice()
                .get("/images/" + uuid)
                .headers()
                .firstValue("etag")
                .orElseThrow();
        assertThat(page)
                .contains("data-etag=\"" + etag.replace("\"", "&#34;") + "\"")
                .contains("two\nlines</textarea>", "role=db\ncount=3\ntext=\"3\"</textarea>")
                .contains("7.0=20180830T001556Z</textarea>", "net0=public</textarea>", "value=\"512\"")
                .contains("\"users\" : [ {")
                .contains("<option value=\"smartos\" selected>")
                .contains("id=\"disable\"", "id=\"no-dependents\"")
                .doesNotContain("id=\"activate\"", "id=\"of-volumes\"", "data-field=\"type\"", "data-field=\"origin\"");
    }

    @Test
    void theStateDecidesWhatCanBeDone() {
        Browser alice = browser(publishing.alice());
        String empty = publishing.alice().create("");
        assertThat(edit(alice, empty)).contains("id=\"send-file\"").doesNotContain("id=\"activate\"", "id=\"disable\"");
        publishing.alice().put("/images/" + empty + "/file?compression=gzip", Publishing.stream(Publishing.FULL));
        assertThat(edit(alice, empty)).contains("id=\"activate\"").doesNotContain("id=\"send-file\"");
        publishing.alice().post("/images/" + empty + "?action=activate", "");
        assertThat(edit(alice, empty)).contains("id=\"disable\"");
        publishing.alice().post("/images/" + empty + "?action=disable", "");
        assertThat(edit(alice, empty)).contains("id=\"enable\"");
        assertThat(alice.get("/i/" + empty + "/edit?done=disabled").body()).contains("id=\"done\"");
        assertThat(alice.get("/i/" + empty + "/edit?done=%3Cb%3E").body()).doesNotContain("id=\"done\"", "<b>");
    }

    @Test
    void whatIsBuiltOnAnImageIsNamedAndWhatOneMayNotSeeIsCounted() {
        String origin = publishing.alice().publish(Publishing.FULL, "");
        String child = publishing.alice().publish(Publishing.INCREMENTAL, "&origin=" + origin);
        publishing.bob().create("\"origin\": \"" + origin + "\"");
        String page = edit(browser(publishing.alice()), origin);
        assertThat(page)
                .contains("2 images are built on this one", "href=\"/i/" + child + "\"", "1 that you may not see")
                .contains("id=\"delete\" disabled")
                .doesNotContain("id=\"no-dependents\"");
        assertThat(edit(browser(publishing.admin()), origin)).doesNotContain("that you may not see");
        assertThat(edit(browser(publishing.alice()), child)).doesNotContain("id=\"delete\" disabled");
    }

    @Test
    void onlyTheOwnerAndAdminsEditAndWhoMayNotSeeAnImageFindsNone() {
        String uuid = publishing.alice().publish(Publishing.FULL, "");
        String hidden = publishing.alice().create("");
        Browser bob = browser(publishing.bob());
        assertThat(edit(bob, uuid)).contains("id=\"not-owner\"").doesNotContain("edit-form");
        assertThat(edit(browser(publishing.admin()), uuid)).contains("id=\"edit-form\"", "data-field=\"owner\"");
        HttpResponse<String> missing = bob.get("/i/" + hidden + "/edit", "Accept", "text/html");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.body()).contains("<!doctype html>", "image " + hidden + " not found");
    }

    @Test
    void aHostileManifestIsTextAndNothingElse() {
        String attack = "\"'></textarea><script>alert(1)</script>";
        String uuid = server.images().add(1, manifest -> {
            manifest.put("owner", publishing.alice().account().uuid());
            manifest.put("name", attack).put("version", attack).put("description", attack);
            manifest.put("homepage", attack)
                    .put("eula", attack)
                    .put("os", attack)
                    .put("type", "zvol");
            manifest.put("nic_driver", attack).put("disk_driver", attack).put("cpu_type", attack);
            manifest.putObject("tags").put(attack, attack);
            ObjectNode requirements = manifest.putObject("requirements");
            requirements.put("brand", attack).put("bootrom", attack);
            requirements.putObject("min_platform").put(attack, attack);
            requirements.putArray("networks").addObject().put("name", attack).put("description", attack);
            manifest.putObject("traits").put(attack, attack);
        });
        server.images().add(2, manifest -> manifest.put("origin", uuid).put("name", attack));
        server.rescan();
        String page = edit(browser(publishing.alice()), uuid);
        assertThat(page).contains("alert(1)").doesNotContain("<script>alert", "'></textarea><");
    }

    @Test
    void onAServerThatNeedsNoAccountTheFormIsThereAtOnce(@TempDir Path other) {
        try (TestServer open = TestServer.start(other, "\"anonymous_writes\": true, \"mode\": \"private\"")) {
            assertThat(page(open.get("/publish")))
                    .contains("id=\"publish-form\"", "This server is for private images.")
                    .contains("<option value=\"false\" selected>")
                    .doesNotContain("name=\"csrf\"");
        }
    }
}
