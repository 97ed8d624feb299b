package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import org.imageserver.TestServer;
import org.imageserver.http.publishing.Publishing.Client;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may have this server fetch something, and for which image. Nobody is asked for whoever may not. */
class RemoteRightsTest {
    private static final String ABSENT = "00000000-1111-2222-3333-444444444444";

    /** Nothing listens there: whoever gets as far as asking is told so. */
    private static final String NOWHERE = "http://127.0.0.1:1";

    private static final String FROM_URL = "/file/from-url?compression=gzip";
    private static final String URL = "{\"file_url\": \"" + NOWHERE + "/x\"}";

    @TempDir
    private Path directory;

    private Publishing publishing;
    private String active = "";
    private String unactivated = "";

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, "\"allow_private_urls\": true");
        active = publishing.alice().publish(Publishing.FULL, "");
        unactivated = publishing.alice().create("");
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/images/%s?action=import-remote&source=%s",
        "POST,/images/%s?action=import&source=%s",
        "PUT,/images/%s/file?source=%s",
        "GET,/images/%s/jobs",
    })
    void onlyAnAdminImportsFromAnotherServer(String method, String target) {
        String request = target.formatted(ABSENT, NOWHERE);
        assertThat(Publishing.told(publishing.server().send(method, request))).startsWith("401 UnauthorizedError: ");
        for (Client client : new Client[] {publishing.reader(), publishing.alice()}) {
            assertThat(Publishing.told(client.send(method, request, noBody())))
                    .as(client.account().name())
                    .startsWith("403 OperatorOnly: ");
        }
    }

    private static BodyPublisher noBody() {
        return BodyPublishers.noBody();
    }

    @Test
    void anOwnerHasAFileFetchedForItsOwnImageOnly() {
        Client bob = publishing.bob();
        assertThat(Publishing.told(bob.post("/images/" + active + FROM_URL, URL)))
                .startsWith("422 NotImageOwner: ");
        assertThat(Publishing.told(bob.post("/images/" + unactivated + FROM_URL, URL)))
                .isEqualTo("404 ResourceNotFound: image " + unactivated + " not found");
        assertThat(Publishing.told(publishing.reader().post("/images/" + unactivated + FROM_URL, URL)))
                .startsWith("403 OperatorOnly: ");
        assertThat(Publishing.told(publishing.alice().post("/images/" + unactivated + FROM_URL, URL)))
                .isEqualTo("400 Download: Error getting image: 127.0.0.1:1: connection refused or not possible");
        String jobs = "/images/" + unactivated + "/jobs?execution=failed";
        assertThat(TestServer.json(publishing.alice().get(jobs))).hasSize(1);
        assertThat(Publishing.told(bob.get(jobs))).startsWith("403 OperatorOnly: ");
    }
}
