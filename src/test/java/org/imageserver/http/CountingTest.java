package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the server counts of what it serves, as {@code /status} tells programs. */
class CountingTest {
    private static final int LARGE = 64 * 1024 * 1024;

    @TempDir
    private Path directory;

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(directory, "\"verify_streams\": \"off\"");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void restart() {
        server.close();
        start();
    }

    private JsonNode status(String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Accept";
        all[headers.length + 1] = "application/json";
        return TestServer.json(server.get("/status", all));
    }

    private JsonNode today() {
        return status().path("days").path(29);
    }

    private long downloads() {
        return today().path("downloads").asLong();
    }

    private long bytes() {
        return today().path("bytes").asLong();
    }

    private String add(byte[] file) {
        String uuid = server.images().add(1, file);
        server.rescan();
        return uuid;
    }

    @Test
    void anExportCountsForTheImageThatWasAskedFor() {
        String uuid = add(new byte[100]);
        server.getBytes("/images/" + uuid + "/export");
        await().until(() -> downloads() == 1);
    }

    @Test
    void countsWholeFilesOnBothApis() {
        String uuid = add(new byte[100]);
        server.getBytes("/images/" + uuid + "/file");
        await().until(() -> downloads() == 1);
        String name = TestServer.json(server.get("/datasets/" + uuid))
                .at("/files/0/path")
                .asText();
        assertThat(server.getBytes("/datasets/" + uuid + "/" + name).statusCode())
                .isEqualTo(200);
        await().until(() -> downloads() == 2);
    }

    @ParameterizedTest
    @CsvSource({"bytes=0-49, 0", "bytes=50-99, 1", "bytes=50-, 1", "bytes=-1, 1", "bytes=0-99, 1", "bytes=200-, 0"})
    void aPartIsADownloadIfItReachesTheEnd(String range, int expected) {
        String uuid = add(new byte[100]);
        server.getBytes("/images/" + uuid + "/file", "Range", range);
        // The next one is certainly counted, so that what was not counted before never will be.
        server.getBytes("/images/" + uuid + "/file");
        await().until(() -> downloads() > expected);
        assertThat(downloads()).isEqualTo(expected + 1);
    }

    @Test
    void whatSendsNoFileIsNoDownload() {
        String uuid = add(new byte[100]);
        server.images().put(uuid, "icon.png", new byte[] {1});
        server.rescan();
        String tag = server.send("HEAD", "/images/" + uuid + "/file")
                .headers()
                .firstValue("etag")
                .orElseThrow();
        assertThat(server.get("/images/" + uuid + "/file", "If-None-Match", tag).statusCode())
                .isEqualTo(304);
        server.getBytes("/images/" + uuid + "/icon");
        server.get("/images/" + uuid);
        server.getBytes("/images/" + uuid + "/file");
        await().until(() -> downloads() > 0);
        assertThat(downloads()).isEqualTo(1);
    }

    @Test
    void countsRequestsAndBytes() {
        String uuid = add(new byte[123_456]);
        long requests = today().path("requests").asLong();
        long before = bytes();
        server.getBytes("/images/" + uuid + "/file");
        await().until(() -> bytes() >= before + 123_456);
        assertThat(today().path("requests").asLong()).isGreaterThan(requests + 1);
    }

    /** A client that goes away has not got the rest, whatever was promised. */
    @Test
    void aDownloadThatIsBrokenOffIsNoDownloadAndCountsWhatWasSent() throws IOException {
        String uuid = add(new byte[LARGE]);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream()
                    .write(("GET /images/" + uuid + "/file HTTP/1.1\r\nHost: x\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readNBytes(2 * 1024 * 1024)).hasSize(2 * 1024 * 1024);
            socket.setSoLinger(true, 0);
        }
        await().until(() -> bytes() >= 1024 * 1024);
        assertThat(bytes()).isLessThan(LARGE);
        assertThat(downloads()).isZero();
    }

    @Test
    void aRestartKeepsTheCounts() {
        String uuid = add(new byte[100]);
        server.getBytes("/images/" + uuid + "/file");
        await().until(() -> downloads() == 1);
        restart();
        assertThat(downloads()).isEqualTo(1);
        assertThat(server.get("/i/" + uuid, "Accept", "text/html").body()).contains("1 since they are counted");
    }

    @Test
    void brokenStatisticsCostHistoryAndNothingElse() throws IOException {
        String uuid = add(new byte[100]);
        server.getBytes("/images/" + uuid + "/file");
        await().until(() -> downloads() == 1);
        server.close();
        Files.writeString(directory.resolve("images/.image-server/statistics.json"), "{\"days\": [[");
        start();
        assertThat(server.log().warnings()).singleElement().asString().contains("statistics.json is damaged");
        assertThat(downloads()).isZero();
        server.getBytes("/images/" + uuid + "/file");
        await().until(() -> downloads() == 1);
    }

    @Test
    void failuresAndSlowRequestsAreForAdministrators() {
        String admin = server.account("boss", Role.ADMIN).basic();
        String publisher = server.account("paul", Role.PUBLISHER).basic();
        server.send("POST", "/publish?name=secret-name", "Authorization", publisher);
        for (String[] headers : new String[][] {{}, {"Authorization", publisher}}) {
            JsonNode status = status(headers);
            assertThat(status.has("failures")).isFalse();
            assertThat(status.has("slowest")).isFalse();
            assertThat(status.has("damaged")).isFalse();
            assertThat(status.has("jobs")).isFalse();
            assertThat(status.toString()).doesNotContain("/publish", "secret-name");
        }
        await().untilAsserted(() -> assertThat(
                        status("Authorization", admin).at("/failures/0/target").asText())
                .isEqualTo("/publish"));
        assertThat(status("Authorization", admin).toString())
                .as("the query of a change may hold a password")
                .doesNotContain("secret-name");
        assertThat(server.get("/status", "Authorization", admin, "Accept", "text/html")
                        .body())
                .contains("POST /publish");
        assertThat(server.get("/status", "Accept", "text/html").body()).doesNotContain("POST /publish");
    }

    @Test
    void tokensInPathsAreNotKept() {
        String token = server.account("boss", Role.ADMIN).token();
        server.send("POST", "/v/" + token + "/publish");
        String admin = "Bearer " + token;
        await().untilAsserted(() ->
                assertThat(status("Authorization", admin).path("failures")).isNotEmpty());
        assertThat(status("Authorization", admin).toString())
                .doesNotContain(token)
                .contains("/v/...");
    }

    @Test
    void damagedFilesAreNamedToAdministratorsAndCountedForAll() {
        server.close();
        server = TestServer.start(directory);
        String hidden = server.images().add(1, manifest -> manifest.put("public", false));
        String open = server.images().add(2);
        server.rescan();
        String admin = server.account("boss", Role.ADMIN).basic();
        await().until(() -> status("Authorization", admin).at("/files/problem").asInt() == 2);
        assertThat(status().at("/files/problem").asInt()).isEqualTo(1);
        assertThat(status().toString()).doesNotContain(hidden, open);
        assertThat(status("Authorization", admin).path("damaged").toString()).contains(hidden, open);
        String page = server.get("/status", "Authorization", admin, "Accept", "text/html")
                .body();
        assertThat(page).contains(hidden + "/file: The file is not a ZFS send stream");
        assertThat(server.get("/status", "Accept", "text/html").body())
                .contains("1 with a problem")
                .doesNotContain(hidden);
    }
}
