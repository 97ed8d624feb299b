package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import org.imageserver.RawConnection;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that dies in the middle, or before it reads the answer: what it sent is wholly there or not at all. */
class DyingClientTest {
    private static final String STREAM = "valid/v23-huge-Lc.zfs.xz";
    private static final String PUBLISH = "/publish?name=base&version=1.0.0";

    @TempDir
    private Path directory;

    private final byte[] bytes = Publishing.stream(STREAM);
    private Publishing publishing;

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, "");
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    /** Sends so much of the file, and hangs up without reading what is said to it. */
    private void sendAndDie(String target, int percent) throws IOException {
        try (RawConnection connection = RawConnection.tcp(publishing.server().port())) {
            connection.send("PUT " + target + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: "
                    + bytes.length + "\r\nAuthorization: "
                    + publishing.alice().account().basic() + "\r\n\r\n");
            assertThat(connection.readHead().status()).as("somebody reads").isEqualTo(100);
            connection.send(Arrays.copyOf(bytes, (int) ((long) bytes.length * percent / 100)));
        }
    }

    private JsonNode images() {
        return TestServer.json(publishing.admin().get("/images?state=all"));
    }

    private void assertWhole(JsonNode image) {
        assertThat(image.at("/files/0/sha1").asText()).isEqualTo(TestImages.sha1(bytes));
        byte[] file = publishing
                .server()
                .getBytes("/images/" + image.path("uuid").asText() + "/file")
                .body();
        assertThat(file).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 50, 99})
    void ofAFileThatIsNotCompleteNothingIsKept(int percent) throws IOException {
        String uuid = publishing.alice().create("");
        String target = "/images/" + uuid + "/file?compression=xz";
        sendAndDie(target, percent);
        await().untilAsserted(() -> assertThat(publishing.filesOnDisk()).containsExactly(uuid + "/manifest.json"));
        assertThat(publishing.alice().get("/images/" + uuid).body()).contains("\"files\":[]");
        assertThat(publishing.alice().put(target, bytes).statusCode())
                .as("again")
                .isEqualTo(200);
        assertWhole(TestServer.json(publishing.alice().post("/images/" + uuid + "?action=activate", "")));
    }

    @Test
    void anImageThatWasSentToItsEndIsThereWholeThoughNobodyHeardIt() throws IOException {
        sendAndDie(PUBLISH, 100);
        await().until(() -> images().size() == 1);
        assertWhole(images().get(0));
        HttpResponse<String> again = publishing.alice().put(PUBLISH, bytes);
        assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
        assertWhole(TestServer.json(again));
        assertThat(publishing.filesOnDisk()).as("two manifests, two files").hasSize(4);
    }

    @Test
    void aFileThatWasSentToItsEndIsThereWholeAndMayBeSentAgain() throws IOException {
        String uuid = publishing.alice().create("");
        String target = "/images/" + uuid + "/file?compression=xz";
        sendAndDie(target, 100);
        await().until(() -> !publishing.alice().get("/images/" + uuid).body().contains("\"files\":[]"));
        assertThat(publishing.alice().put(target, bytes).statusCode())
                .as("again")
                .isEqualTo(200);
        assertWhole(TestServer.json(publishing.alice().post("/images/" + uuid + "?action=activate", "")));
        assertThat(publishing.filesOnDisk()).as("a manifest and one file").hasSize(2);
    }

    /** The receiver waits for as long as it is told to, and no longer. */
    @Test
    void aClientThatNeverSendsAByteIsLetGo(@TempDir Path other) throws IOException {
        try (Publishing impatient = new Publishing(other, "\"idle_seconds\": 1");
                RawConnection connection = RawConnection.tcp(impatient.server().port())) {
            connection.send("PUT " + PUBLISH + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nAuthorization: "
                    + impatient.alice().account().basic() + "\r\n\r\n");
            while (!connection.isAtEnd()) {
                connection.readBytes(1);
            }
            await().untilAsserted(impatient::assertNothingIsLeft);
        }
    }
}
