package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.imageserver.TestServer;
import org.imageserver.http.publishing.Publishing.Client;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CloneImage: whom an image is shared with may have a copy of his own. */
class CloneTest {
    @TempDir
    private Path directory;

    private Publishing publishing;
    private String shared = "";
    private String own = "";
    private String open = "";

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, "\"mode\": \"private\"");
        Client alice = publishing.alice();
        shared = alice.publish(
                Publishing.FULL, "&acl=%5B%22" + publishing.bob().account().uuid() + "%22%5D&description=shared");
        own = alice.publish(Publishing.FULL, "");
        open = publishing
                .server()
                .images()
                .add(1, manifest -> manifest.put("owner", alice.account().uuid()));
        publishing.server().rescan();
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    private static HttpResponse<String> copy(Client client, String uuid, String query) {
        return client.post("/images/" + uuid + "/clone" + query, "");
    }

    @Test
    void aMemberOfTheAclGetsACopyThatIsHisAlone() {
        Client bob = publishing.bob();
        HttpResponse<String> answer = copy(bob, shared, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode copy = TestServer.json(answer);
        JsonNode original = TestServer.json(bob.get("/images/" + shared));
        assertThat(copy.path("owner").asText()).isEqualTo(bob.account().uuid());
        assertThat(copy.path("state").asText()).isEqualTo("active");
        assertThat(copy.path("public").asBoolean(true)).isFalse();
        assertThat(copy.has("acl")).isFalse();
        assertThat(copy.path("description")).isEqualTo(original.path("description"));
        assertThat(copy.path("files")).isEqualTo(original.path("files"));
        String target = "/images/" + copy.path("uuid").asText();
        assertThat(publishing.alice().get(target).statusCode())
                .as("the owner of the original has no part in it")
                .isEqualTo(404);
        assertThat(bob.post(target + "?action=disable", "").statusCode()).isEqualTo(200);
        assertThat(publishing.alice().delete("/images/" + shared).statusCode()).isEqualTo(204);
        assertThat(bob.get(target + "/file").statusCode()).isEqualTo(200);
    }

    @Test
    void aStrangerGetsNone() {
        Client bob = publishing.bob();
        assertThat(Publishing.told(copy(bob, own, "")))
                .as("he does not even know that it is there")
                .isEqualTo("404 ResourceNotFound: image " + own + " not found");
        assertThat(Publishing.told(copy(bob, open, "")))
                .as("public, but not shared with him")
                .isEqualTo("422 ImageNotShared: image " + open + " is not shared with the account");
        assertThat(Publishing.told(copy(publishing.reader(), open, ""))).startsWith("403 OperatorOnly: ");
        assertThat(Publishing.told(copy(
                        bob, shared, "?account=" + publishing.alice().account().uuid())))
                .startsWith("403 OperatorOnly: ");
        assertThat(TestServer.json(publishing.admin().get("/images?state=all"))).hasSize(3);
    }

    @Test
    void theOwnerAndAnAdminForAMemberMayToo() {
        assertThat(copy(publishing.alice(), own, "").statusCode()).isEqualTo(200);
        String bob = publishing.bob().account().uuid();
        HttpResponse<String> forBob = copy(publishing.admin(), shared, "?account=" + bob);
        assertThat(TestServer.json(forBob).path("owner").asText())
                .as(forBob.body())
                .isEqualTo(bob);
    }
}
