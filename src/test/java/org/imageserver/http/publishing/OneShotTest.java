package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code zfs send | gzip | curl -T - .../publish?name=N&version=V}: an image in one request, or none. */
class OneShotTest {
    private static final String PUBLISH = "/publish?name=base&version=1.0.0";

    @TempDir
    private Path directory;

    private Publishing publishing;

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, "\"allow_zstd\": true");
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    private HttpResponse<String> publish(String query, byte[] bytes) {
        return publishing.alice().put(PUBLISH + query, bytes);
    }

    @ParameterizedTest
    @CsvSource({"POST,false", "POST,true", "PUT,false", "PUT,true"})
    void aFileSystemBecomesAnActiveImage(String method, boolean isChunked) {
        byte[] bytes = Publishing.stream(Publishing.FULL);
        HttpResponse<String> answer = publishing
                .alice()
                .send(method, PUBLISH, isChunked ? Publishing.chunked(bytes) : BodyPublishers.ofByteArray(bytes));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode manifest = TestServer.json(answer);
        assertThat(manifest.path("state").asText()).isEqualTo("active");
        assertThat(manifest.path("type").asText()).isEqualTo("zone-dataset");
        assertThat(manifest.path("os").asText()).isEqualTo("smartos");
        assertThat(manifest.path("public").asBoolean()).isTrue();
        assertThat(manifest.path("owner").asText())
                .isEqualTo(publishing.alice().account().uuid());
        JsonNode file = manifest.at("/files/0");
        assertThat(file.path("sha1").asText()).isEqualTo(TestImages.sha1(bytes));
        assertThat(file.path("size").asLong()).isEqualTo(bytes.length);
        assertThat(file.path("compression").asText()).isEqualTo("gzip");
        assertThat(file.path("dataset_guid").asText()).isEqualTo(Long.toUnsignedString(0x2ef77897bf601fe0L));
        String target = "/images/" + manifest.path("uuid").asText();
        assertThat(publishing.server().get(target).body()).isEqualTo(answer.body());
        assertThat(publishing.server().getBytes(target + "/file").body()).isEqualTo(bytes);
    }

    @Test
    void aVolumeIsToldFromItsStream() {
        HttpResponse<String> answer = publish("&os=linux", Publishing.stream("valid/synthbe-vol-full.zfs.gz"));
        JsonNode manifest = TestServer.json(answer);
        assertThat(manifest.path("type").asText()).as(answer.body()).isEqualTo("zvol");
        assertThat(manifest.path("os").asText()).isEqualTo("linux");
        assertThat(manifest.path("image_size").asLong())
                .as("MiB of a volume of 8388608 bytes")
                .isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({
        "containers/whole.bz2,bzip2",
        "containers/whole.xz,xz",
        "containers/whole.zst,zstd",
        "containers/pigz.gz,gzip"
    })
    void theCompressionIsSeenInTheBytes(String path, String compression) {
        byte[] bytes = Publishing.stream(path);
        HttpResponse<String> answer = publish("", bytes);
        assertThat(TestServer.json(answer).at("/files/0/compression").asText())
                .as(answer.body())
                .isEqualTo(compression);
        String other = compression.equals("gzip") ? "xz" : "gzip";
        assertThat(publish("&compression=" + other, bytes).body())
                .contains("the file's bytes are " + compression + ", but compression is given as " + other);
    }

    @Test
    void anUncompressedStreamIsTakenToo() {
        byte[] bytes = Publishing.stream("base/fs-full.zfs");
        HttpResponse<String> answer = publish("", bytes);
        assertThat(TestServer.json(answer).at("/files/0/compression").asText())
                .as(answer.body())
                .isEqualTo("none");
    }

    @Test
    void fieldsInTheQueryAreTheManifest() {
        HttpResponse<String> answer = publish(
                "&description=a%20b&tags=%7B%22role%22%3A%22db%22%7D&homepage=http%3A%2F%2Fx%2F",
                Publishing.stream(Publishing.FULL));
        JsonNode manifest = TestServer.json(answer);
        assertThat(manifest.path("version").asText()).as(answer.body()).isEqualTo("1.0.0");
        assertThat(manifest.path("description").asText()).isEqualTo("a b");
        assertThat(manifest.at("/tags/role").asText()).isEqualTo("db");
    }

    @Test
    void anIncrementalStreamNeedsTheOriginItWasMadeFrom() {
        String origin = publishing.alice().publish(Publishing.FULL, "");
        String other = publishing.alice().publish("valid/v23-fs-full.zfs.xz", "");
        byte[] bytes = Publishing.stream(Publishing.INCREMENTAL);
        assertThat(Publishing.told(publish("&origin=" + other, bytes))).startsWith("400 Upload: ");
        assertThat(Publishing.told(publish("", bytes))).startsWith("400 Upload: ");
        String absent = "00000000-1111-2222-3333-444444444444";
        assertThat(Publishing.told(publish("&origin=" + absent, bytes)))
                .isEqualTo("422 OriginDoesNotExist: origin image \"" + absent + "\" does not exist");
        assertThat(publishing.filesOnDisk())
                .as("two images, with their directories")
                .hasSize(4);

        HttpResponse<String> answer = publish("&origin=" + origin, bytes);
        assertThat(TestServer.json(answer).path("origin").asText())
                .as(answer.body())
                .isEqualTo(origin);
    }

    @Test
    void aPrivateOriginOfSomebodyElseDoesNotExist() {
        String origin = publishing.bob().create("\"acl\": []");
        HttpResponse<String> answer = publish("&origin=" + origin, Publishing.stream(Publishing.INCREMENTAL));
        assertThat(Publishing.told(answer))
                .isEqualTo("422 OriginDoesNotExist: origin image \"" + origin + "\" does not exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/publish", "/publish?name=base", "/publish?version=1", PUBLISH + "&foo=1"})
    void aManifestThatLacksSomethingIsRefused(String target) {
        HttpResponse<String> answer = publishing.alice().put(target, Publishing.stream(Publishing.FULL));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
        publishing.assertNothingIsLeft();
    }

    @Test
    void whatIsNoCompleteStreamIsRefusedAndLeavesNothing() {
        byte[] whole = Publishing.stream(Publishing.FULL);
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 1;
        byte[] twice = Arrays.copyOf(whole, whole.length + 10);
        assertRefused("text\n".getBytes(StandardCharsets.UTF_8), "400 Upload: ");
        assertRefused("<html><body>502 Bad Gateway</body></html>".getBytes(StandardCharsets.UTF_8), "400 Upload: ");
        assertRefused(new byte[0], "400 Download: image file size is 0 bytes, empty files are not allowed");
        assertRefused(Arrays.copyOf(whole, whole.length / 2), "400 Upload: ");
        assertRefused(Arrays.copyOf(whole, 1), "400 Upload: ");
        assertRefused(flipped, "400 Upload: ");
        assertRefused(twice, "400 Upload: ");
        assertRefused(Publishing.stream("containers/text.xz"), "400 Upload: ");
        assertRefused(Publishing.stream("incomplete/v23-saved-partial.zfs.gz"), "400 Upload: ");
    }

    private void assertRefused(byte[] bytes, String told) {
        assertThat(Publishing.told(publish("", bytes))).startsWith(told);
        assertThat(Publishing.told(publishing.alice().send("POST", PUBLISH, Publishing.chunked(bytes))))
                .startsWith(told);
        publishing.assertNothingIsLeft();
    }

    @Test
    void aWrongSha1OrGuidIsRefused() {
        byte[] bytes = Publishing.stream(Publishing.FULL);
        assertThat(Publishing.told(publish("&sha1=" + "0".repeat(40), bytes)))
                .isEqualTo("400 Download: \"sha1\" hash, " + "0".repeat(40)
                        + ", does not match the uploaded file sha1 hash, " + TestImages.sha1(bytes));
        assertThat(Publishing.told(publish("&dataset_guid=1", bytes))).startsWith("400 Upload: ");
        publishing.assertNothingIsLeft();
    }

    /** The largest stream is more than one chunk of the receiver, so part of it lies on disk when the client dies. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 50, 99})
    void aConnectionThatBreaksLeavesNothing(int percent) throws IOException {
        byte[] bytes = Publishing.stream("valid/v23-huge-Lc.zfs.xz");
        int sent = bytes.length * percent / 100;
        try (RawConnection connection = RawConnection.tcp(publishing.server().port())) {
            connection.send("PUT " + PUBLISH + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: "
                    + bytes.length + "\r\nAuthorization: "
                    + publishing.alice().account().basic() + "\r\n\r\n");
            assertThat(connection.readHead().status()).as("somebody reads").isEqualTo(100);
            connection.send(new String(bytes, 0, sent, StandardCharsets.ISO_8859_1));
            if (percent == 99) {
                await("bytes set aside").until(() -> !publishing.filesOnDisk().isEmpty());
            }
        }
        await("nothing").untilAsserted(() -> publishing.assertNothingIsLeft());
    }
}
