package org.imageserver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.imageserver.TestAccount;
import org.imageserver.TestImages;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server is killed in the middle of an upload; the next one goes on. */
class KilledUploadIT {
    private static final int MEBIBYTE = 1 << 20;

    @TempDir
    private Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private final byte[] file = new byte[30 * MEBIBYTE];

    private HttpResponse<byte[]> send(Launched server, TestAccount as, String method, String target, long from, long to)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + target))
                .method(method, BodyPublishers.ofByteArray(file, (int) from, (int) (to - from)))
                .headers("Authorization", as.basic(), "Tus-Resumable", "1.0.0")
                .headers("Upload-Length", Integer.toString(file.length), "Upload-Offset", Long.toString(from))
                .headers("Content-Type", "application/offset+octet-stream")
                .build();
        return client.send(request, BodyHandlers.ofByteArray());
    }

    @Test
    void goesOnWithWhatWasOnTheDisk() throws Exception {
        new Random(3).nextBytes(file);
        Path images = Files.createDirectories(directory.resolve("images/.image-server"));
        TestAccount alice = TestAccount.make(images.resolve("users.json"), "alice", Role.PUBLISHER);
        String query = "/uploads?name=a&version=1&type=other&os=other&sha1=" + TestImages.sha1(file);
        String upload;
        try (Launched server = Launched.start(directory, "serve", "--listen", "127.0.0.1:0")) {
            upload = send(server, alice, "POST", query, 0, 0)
                    .headers()
                    .firstValue("location")
                    .orElseThrow();
            assertThat(send(server, alice, "PATCH", upload, 0, 26L * MEBIBYTE).statusCode())
                    .isEqualTo(204);
            server.kill();
        }
        try (Launched server = Launched.start(directory, "serve", "--listen", "127.0.0.1:0")) {
            long offset = send(server, alice, "HEAD", upload, 0, 0)
                    .headers()
                    .firstValueAsLong("upload-offset")
                    .orElseThrow();
            assertThat(offset).isBetween(8L * MEBIBYTE, 26L * MEBIBYTE);
            assertThat(send(server, alice, "GET", "/images", 0, 0).body())
                    .as("images")
                    .asString()
                    .isEqualTo("[]");
            assertThat(send(server, alice, "PATCH", upload, offset, file.length).statusCode())
                    .isEqualTo(204);
            String shown = new String(send(server, alice, "GET", upload, 0, 0).body(), StandardCharsets.UTF_8);
            String image = shown.replaceFirst(".*\"image\":\"", "").replaceFirst("\".*", "");
            assertThat(Arrays.equals(
                            send(server, alice, "GET", "/images/" + image + "/file", 0, 0)
                                    .body(),
                            file))
                    .as(shown)
                    .isTrue();
        }
    }
}
