package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.imageserver.Browser;
import org.imageserver.TestServer;
import org.imageserver.http.publishing.Publishing.Client;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Channels on the pages: found, named in commands, and changed by who may. */
class ChannelPagesTest {
    @TempDir
    private Path directory;

    private Publishing publishing;
    private TestServer server;
    private String dev = "";
    private String release = "";

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, """
                "channels": [
                  {"name": "dev", "description": "all <builds>", "default": true},
                  {"name": "release", "description": "for everyone", "publishers": ["alice"]}]
                """);
        server = publishing.server();
        dev = publish(publishing.bob(), "1", "dev");
        release = publish(publishing.alice(), "2", "release");
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    private static String publish(Client client, String version, String channel) {
        HttpResponse<String> published = client.send(
                "POST",
                "/publish?name=base&version=" + version + "&channel=" + channel,
                BodyPublishers.ofByteArray(Publishing.stream(Publishing.FULL)));
        assertThat(published.statusCode()).as(published.body()).isEqualTo(200);
        return TestServer.json(published).path("uuid").asText();
    }

    private String page(String target) {
        HttpResponse<String> page = server.get(target, "Accept", "text/html");
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        return page.body();
    }

    private String edit(Client client, String uuid) {
        return Browser.of(server, client.account())
                .get("/i/" + uuid + "/edit", "Accept", "text/html")
                .body();
    }

    @Test
    void theListIsNarrowedByChannel() {
        assertThat(page("/?view=images")).contains(dev, release, "href=\"/images?channel=*");
        assertThat(page("/?view=images&channel=release"))
                .contains(release, "href=\"/images?channel=release&amp;sort=published_at.desc\"")
                .doesNotContain(dev);
    }

    @Test
    void theLatestImageIsThatOfAChannel() {
        assertThat(latest("/n/base/latest")).isEqualTo("/images/" + dev);
        assertThat(latest("/n/base/latest?channel=release")).isEqualTo("/images/" + release + "?channel=release");
        assertThat(server.get(latest("/n/base/latest?channel=release")).statusCode())
                .isEqualTo(200);
        assertThat(server.get("/n/base/latest?channel=release&version=1").statusCode())
                .isEqualTo(404);
        assertThat(server.get("/n/base/latest?channel=x").statusCode()).isEqualTo(422);
    }

    private String latest(String target) {
        return server.get(target, "Accept", "application/json")
                .headers()
                .firstValue("Location")
                .orElse("none");
    }

    @Test
    void thePageOfAnImageNamesItsChannelsWhereverTheyAreNeeded() {
        assertThat(page("/i/" + dev))
                .contains("<dd>dev</dd>", "imgadm import -S ", "href=\"/images/" + dev + "\"")
                .doesNotContain("imgadm import -C", "?channel=");
        assertThat(page("/i/" + release))
                .contains(
                        "<dd>release</dd>",
                        "imgadm import -C release -S ",
                        "href=\"/images/" + release + "?channel=release\"",
                        "href=\"/images/" + release + "/file?channel=release\"");
    }

    @Test
    void theAboutPageSaysHowToFollowAChannel() {
        String about = page("/about");
        assertThat(about)
                .contains("?channel=release&#39;", "<strong>dev</strong> (default): all &lt;builds&gt;")
                .doesNotContain("<builds>");
    }

    @Test
    void whoPublishesChoosesAmongTheChannelsThatHeMayChange() {
        assertThat(Browser.of(server, publishing.alice().account())
                        .get("/publish", "Accept", "text/html")
                        .body())
                .contains("<option value=\"dev\" selected>", "<option value=\"release\">");
        assertThat(Browser.of(server, publishing.bob().account())
                        .get("/publish", "Accept", "text/html")
                        .body())
                .contains("<option value=\"dev\" selected>")
                .doesNotContain("<option value=\"release\">");
    }

    @Test
    void theOwnerIsOfferedTheChannelsThatHeMayChange() {
        assertThat(edit(publishing.bob(), dev))
                .contains("id=\"channels\"", "<strong>release</strong>")
                .doesNotContain("data-add-to", "data-remove-from");
        assertThat(edit(publishing.admin(), dev))
                .contains("data-add-to=\"release\"")
                .as("its last channel")
                .doesNotContain("data-remove-from");
        assertThat(edit(publishing.alice(), release))
                .contains("data-add-to=\"dev\"", "data-channel=\"channel=release\"");
        publishing.alice().post("/images/" + release + "?channel=release&action=channel-add", "{\"channel\": \"dev\"}");
        assertThat(edit(publishing.alice(), release))
                .contains("data-remove-from=\"dev\"", "data-remove-from=\"release\"", "data-channel=\"\"")
                .doesNotContain("data-add-to");
    }
}
