package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.imageserver.RawConnection;
import org.imageserver.http.publishing.Publishing.Client;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who says which version of an image he knows changes that version or none. */
class IfMatchTest {
    private static final String STALE = "\"0000000000000000000000000000000000000000\"";

    @TempDir
    private Path directory;

    private Publishing publishing;
    private String uuid = "";

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, "");
        uuid = publishing.alice().create("");
        Client alice = publishing.alice();
        alice.put("/images/" + uuid + "/file?compression=gzip", Publishing.stream(Publishing.FULL));
        alice.put("/images/" + uuid + "/icon", new byte[] {1}, "Content-Type", "image/png");
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    private HttpResponse<String> shown() {
        return publishing.alice().get("/images/" + uuid);
    }

    private String tag() {
        return shown().headers().firstValue("etag").orElseThrow();
    }

    private HttpResponse<String> send(Client client, String method, String path, String body, String... headers) {
        BodyPublisher bytes = body.equals("FILE")
                ? BodyPublishers.ofByteArray(Publishing.stream(Publishing.FULL))
                : BodyPublishers.ofString(body);
        return client.send(method, "/images/" + uuid + path, bytes, headers);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "POST ?action=activate {}",
                "POST ?action=update {\"description\":\"new\"}",
                "POST ?action=disable {}",
                "POST ?action=enable {}",
                "POST /acl?action=add [\"00000000-1111-2222-3333-444444444444\"]",
                "POST /acl?action=remove [\"00000000-1111-2222-3333-444444444444\"]",
                "PUT /file?compression=gzip FILE",
                "PUT /icon x",
                "DELETE /icon {}",
                "DELETE '' {}"
            })
    void everyChangeIsOfTheVersionThatTheClientKnows(String method, String path, String body) {
        Client alice = publishing.alice();
        String known = shown().body();
        List<String> files = files();
        HttpResponse<String> stale = send(alice, method, path, body, "If-Match", STALE, "Content-Type", "image/png");
        assertThat(Publishing.told(stale))
                .startsWith("412 PreconditionFailed: if-match '" + STALE + "' didn't match etag '");
        assertThat(shown().body()).isEqualTo(known);
        assertThat(files()).isEqualTo(files);
        HttpResponse<String> current = send(alice, method, path, body, "If-Match", tag(), "Content-Type", "image/png");
        assertThat(current.statusCode()).as(current.body()).isIn(200, 204);
    }

    /** Those of the image: the server may be writing down checksums at the same time. */
    private List<String> files() {
        return publishing.filesOnDisk().stream()
                .filter(name -> name.startsWith(uuid))
                .toList();
    }

    @Test
    void anAnswerTellsTheNextVersion() {
        Client alice = publishing.alice();
        HttpResponse<String> active = send(alice, "POST", "?action=activate", "{}", "If-Match", tag());
        String next = active.headers().firstValue("etag").orElseThrow();
        assertThat(send(alice, "POST", "?action=disable", "{}", "If-Match", next)
                        .statusCode())
                .isEqualTo(200);
        assertThat(send(alice, "POST", "?action=enable", "{}", "If-Match", next).statusCode())
                .isEqualTo(412);
        assertThat(send(alice, "POST", "?action=enable", "{}", "If-Match", "*").statusCode())
                .isEqualTo(200);
        assertThat(send(alice, "DELETE", "", "", "If-None-Match", "*").statusCode())
                .isEqualTo(412);
    }

    @Test
    void nothingIsReadOfAFileForAVersionThatIsGone() throws IOException {
        try (RawConnection connection = RawConnection.tcp(publishing.server().port())) {
            connection.send("PUT /images/" + uuid + "/file?compression=gzip HTTP/1.1\r\nHost: x\r\n"
                    + "Expect: 100-continue\r\nContent-Length: 1000000\r\nIf-Match: " + STALE + "\r\nAuthorization: "
                    + publishing.alice().account().basic() + "\r\n\r\n");
            assertThat(connection.read().status()).isEqualTo(412);
        }
    }

    @Test
    void whoMayNotChangeAnImageIsNotToldItsVersion() {
        assertThat(send(publishing.bob(), "DELETE", "", "", "If-Match", STALE).statusCode())
                .isEqualTo(404);
        send(publishing.alice(), "POST", "?action=activate", "{}");
        assertThat(Publishing.told(send(publishing.bob(), "DELETE", "", "", "If-Match", STALE)))
                .startsWith("422 NotImageOwner: ");
    }
}
