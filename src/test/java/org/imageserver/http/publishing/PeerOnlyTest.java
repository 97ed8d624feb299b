package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What needs services that a server by itself has none of is answered with what to do instead. */
class PeerOnlyTest {
    @TempDir
    private Path directory;

    private Publishing publishing;
    private String uuid = "";

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, "");
        uuid = publishing.alice().publish(Publishing.FULL, "");
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    private String admin(String target) {
        return Publishing.told(publishing.admin().post(target, "{}"));
    }

    @Test
    void anImageIsInTheOneStorageAlready() {
        String target = "/images/" + uuid + "?action=change-stor";
        assertThat(TestServer.json(publishing.admin().post(target + "&stor=local", "")))
                .isEqualTo(TestServer.json(publishing.server().get("/images/" + uuid)));
        assertThat(admin(target)).isEqualTo("422 ValidationFailed: missing \"stor\" query parameter");
        assertThat(admin(target + "&stor=manta"))
                .isEqualTo("422 ValidationFailed: unknown storage type \"manta\"; this server has one, \"local\", and"
                        + " every image is there");
        String absent = "/images/00000000-1111-2222-3333-444444444444?action=change-stor&stor=local";
        assertThat(admin(absent)).startsWith("404 ResourceNotFound: ");
        assertThat(Publishing.told(publishing.alice().post(target + "&stor=local", "")))
                .isEqualTo("403 OperatorOnly: this endpoint may only be called by an operator");
        assertThat(publishing.server().send("POST", target + "&stor=local").statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({"/push", "?action=push"})
    void nothingIsPushedToADockerRegistry(String push) {
        assertThat(admin("/images/" + uuid + push)).isEqualTo("422 ValidationFailed: image is not a docker image");
        String docker = TestServer.json(
                        publishing.admin().put("/publish?name=n&version=1&type=docker&os=linux", new byte[] {1}))
                .path("uuid")
                .asText();
        assertThat(admin("/images/" + docker + push))
                .isEqualTo("501 NotAvailable: this server pushes to no docker registry; get the layer at /images/"
                        + docker + "/file and push it with docker's own tools");
        assertThat(Publishing.told(publishing.alice().post("/images/" + docker + push, "")))
                .startsWith("403 OperatorOnly: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create-from-vm      | 501 NotAvailable: this server makes no image of a machine",
                "import-docker-image | 501 NotAvailable: this server fetches from no docker or LXD registry",
                "import-lxd-image    | 501 NotAvailable: this server fetches from no docker or LXD registry",
                "bogus               | 422 InvalidParameter: \"bogus\" is not a valid action",
                "''                  | 422 InvalidParameter: \"\" is not a valid action"
            })
    void anActionOfCreateImageMakesNoOtherImage(String action, String told) {
        assertThat(Publishing.told(publishing.alice().post("/images?action=" + action, Publishing.manifest(""))))
                .startsWith(told);
        assertThat(TestServer.json(publishing.admin().get("/images?state=all"))).hasSize(1);
    }
}
