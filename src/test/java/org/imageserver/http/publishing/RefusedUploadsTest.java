package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.imageserver.RawConnection;
import org.imageserver.TestServer;
import org.imageserver.http.publishing.Publishing.Client;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client that is refused hears why, however much it still wants to send. */
class RefusedUploadsTest {
    private static final int MEGABYTES = 8;

    @TempDir
    private Path directory;

    private Publishing publishing;
    private String unactivated = "";
    private String active = "";

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, "\"max_file_bytes\": 20000000, \"idle_seconds\": 1");
        unactivated = publishing.alice().create("");
        active = publishing.alice().publish(Publishing.FULL, "");
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    private RawConnection connect() throws IOException {
        return RawConnection.tcp(publishing.server().port());
    }

    private static String head(String method, String target, long length, String headers) {
        return method + " " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n" + headers + "\r\n";
    }

    private String credential(boolean isGiven) {
        return isGiven ? "Authorization: " + publishing.alice().account().basic() + "\r\n" : "";
    }

    @ParameterizedTest
    @CsvSource({
        "unactivated,/file?compression=gzip,false,401,UnauthorizedError",
        "unactivated,/file?compression=zip,true,422,InvalidParameter",
        "unactivated,/file,true,422,InvalidParameter",
        "unactivated,/file?compression=xz,true,400,Upload",
        "active,/file?compression=gzip,true,422,ImageFilesImmutable",
        "absent,/file?compression=gzip,true,404,ResourceNotFound",
        "unactivated,/icon,true,400,Upload",
    })
    void theAnswerIsReadAfterMegabytesWereSent(
            String image, String path, boolean hasCredential, int status, String code) throws IOException {
        try (RawConnection connection = connect()) {
            connection.send(
                    head("PUT", "/images/" + uuid(image) + path, MEGABYTES * 1_000_000, credential(hasCredential)));
            byte[] megabyte = new byte[1_000_000];
            for (int count = 0; count < MEGABYTES; count++) {
                connection.send(megabyte);
            }
            RawConnection.Answer answer = connection.read();
            assertThat(answer.status()).as(answer.text()).isEqualTo(status);
            assertThat(answer.text()).contains("\"code\":\"" + code + "\"");
        }
    }

    private String uuid(String image) {
        return switch (image) {
            case "active" -> active;
            case "unactivated" -> unactivated;
            default -> "00000000-1111-2222-3333-444444444444";
        };
    }

    @Test
    void whatIsTooLargeByContentLengthIsRefusedBeforeItIsSent() throws IOException {
        try (RawConnection connection = connect()) {
            connection.send(
                    head("PUT", "/images/" + unactivated + "/file?compression=gzip", 20_000_001, credential(true)));
            assertThat(connection.read().text())
                    .contains("image file size 20000001 (from Content-Length) exceeds the maximum allowed size,"
                            + " 20000000 bytes");
        }
    }

    @Test
    void aClientThatAsksFirstIsAnsweredInsteadOfInvited() throws IOException {
        try (RawConnection connection = connect()) {
            connection.send(head(
                    "PUT",
                    "/images/" + active + "/file?compression=gzip",
                    1000,
                    credential(true) + "Expect: 100-continue\r\n"));
            assertThat(connection.read().status()).isEqualTo(422);
            assertThat(connection.isAtEnd()).isTrue();
        }
    }

    @Test
    void aClientThatFallsSilentIsLetGoAndLeavesNothing() throws IOException {
        try (RawConnection connection = connect()) {
            connection.send(head("PUT", "/publish?name=n&version=1", 1000, credential(true)));
            connection.send(new byte[10]);
            while (!connection.isAtEnd()) {
                connection.readBytes(1);
            }
        }
        await().untilAsserted(() -> assertThat(publishing.filesOnDisk()).hasSize(3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|422 ValidationFailed: missing request body",
                "[]|422 ValidationFailed: ",
                "null|422 ValidationFailed: missing request body",
                "\"x\"|422 ValidationFailed: missing request body",
                "7|422 ValidationFailed: missing request body",
                "{|400 InvalidContent: Invalid JSON: ",
                "{} {}|400 InvalidContent: Invalid JSON: ",
                "<html>|400 InvalidContent: Invalid JSON: ",
                "{}|422 ValidationFailed: ",
                "{\"name\":[],\"version\":{},\"type\":1,\"os\":null}|422 ValidationFailed: ",
            })
    void whatIsNoManifestIsRefused(String body, String told) {
        Client alice = publishing.alice();
        assertThat(Publishing.told(alice.post("/images", body))).startsWith(told);
        assertThat(Publishing.told(alice.post("/images", body, "Content-Type", "text/plain")))
                .startsWith(told);
        String update = "/images/" + unactivated + "?action=update";
        assertThat(alice.post(update, body).statusCode()).isBetween(400, 422);
        assertThat(alice.post("/images/" + unactivated + "/acl", body).statusCode())
                .isBetween(200, 422);
        assertThat(alice.get("/ping").statusCode()).isEqualTo(200);
    }

    @Test
    void aManifestThatIsTooLargeOrDamagedOnItsWayIsRefused() {
        Client alice = publishing.alice();
        String large = Publishing.manifest("\"description\": \"" + "x".repeat(2 * 1024 * 1024) + "\"");
        assertThat(Publishing.told(alice.post("/images", large))).startsWith("413 RequestEntityTooLarge: ");
        HttpResponse<String> damaged = alice.post("/images", Publishing.manifest(""), "Content-MD5", "AAAA");
        assertThat(Publishing.told(damaged)).startsWith("400 BadDigest: Content-MD5 'AAAA' didn't match '");
        assertThat(TestServer.json(alice.get("/images?state=all"))).hasSize(2);
    }
}
