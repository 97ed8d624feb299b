package org.imageserver.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server on a file system of 4 MiB, which a test fills up. Needs root, to mount one. */
class FullDiskTest {
    private static final int MEBIBYTE = 1024 * 1024;
    private static final String IMAGE = "/publish?version=1&type=other&os=other&name=";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path directory;

    private Path images;
    private boolean isMounted;

    @BeforeEach
    void mountASmallFileSystem() throws Exception {
        images = Files.createDirectories(directory.resolve("images"));
        isMounted = run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", images.toString());
        Assumptions.assumeTrue(
                isMounted, "NOT TESTED: what happens on a full disk. No tmpfs can be mounted here; run this as root.");
    }

    @AfterEach
    void unmount() throws Exception {
        client.close();
        assertThat(!isMounted || run("umount", images.toString())).isTrue();
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            System.err.println(e.getMessage());
            return false;
        }
    }

    @Test
    void answersWith507WhenTheDiskFillsUpDuringAnUploadAndGoesOn() throws Exception {
        try (TestServer server = start()) {
            Set<String> before = files();

            assertIsFull(send(server, "POST", IMAGE + "large", unannounced(6 * MEBIBYTE)));
            assertThat(files()).isEqualTo(before);
            assertThat(server.names("/images")).isEmpty();

            assertThat(send(server, "POST", IMAGE + "small", unannounced(MEBIBYTE))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(server.names("/images")).containsExactly("small");
        }
    }

    @Test
    void anUploadInSeveralRequestsThatFindsTheDiskFullLeavesNothing() throws Exception {
        try (TestServer server = start()) {
            HttpResponse<String> tooLarge = begin(server, 5 * MEBIBYTE);
            assertIsFull(tooLarge);
            String upload =
                    begin(server, 3 * MEBIBYTE).headers().firstValue("location").orElseThrow();
            assertThat(patch(server, upload, 0, MEBIBYTE).statusCode()).isEqualTo(204);
            Path filler = fill();

            assertIsFull(patch(server, upload, MEBIBYTE, 2 * MEBIBYTE));
            assertThat(server.get(upload).body()).contains("\"state\":\"failed\"", "\"InsufficientStorage\"");
            assertThat(files()).containsExactly(filler.toString());
            assertThat(server.names("/images")).isEmpty();
        }
    }

    private HttpResponse<String> begin(TestServer server, int size) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri("/uploads?version=1&type=other&os=other&name=pieces"))
                .headers("Tus-Resumable", "1.0.0", "Upload-Length", Integer.toString(size))
                .POST(BodyPublishers.noBody())
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private HttpResponse<String> patch(TestServer server, String upload, int offset, int size) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri(upload))
                .headers("Tus-Resumable", "1.0.0", "Upload-Offset", Integer.toString(offset))
                .header("Content-Type", "application/offset+octet-stream")
                .method("PATCH", BodyPublishers.ofByteArray(bytes(size)))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    @Test
    void refusesAnUploadThatSaysItIsLargerThanTheFreeSpace() throws Exception {
        try (TestServer server = start()) {
            HttpResponse<String> response =
                    send(server, "POST", IMAGE + "large", BodyPublishers.ofByteArray(bytes(5 * MEBIBYTE)));

            assertIsFull(response);
            assertThat(response.body()).contains("5242880 (from Content-Length) exceeds the free space of the storage");
            assertThat(files()).as("not even begun").isEmpty();
        }
    }

    @Test
    void leavesImagesAsTheyAreWhenThereIsNoRoomForAManifest() throws Exception {
        try (TestServer server = start()) {
            HttpResponse<String> published =
                    send(server, "POST", IMAGE + "first", BodyPublishers.ofByteArray(bytes(MEBIBYTE)));
            assertThat(published.statusCode()).isEqualTo(200);
            String uuid = TestServer.json(published).path("uuid").asText();
            Path filler = fill();
            Set<String> before = files();
            String manifest = server.get("/images/" + uuid).body();

            assertIsFull(update(server, uuid));
            assertIsFull(send(server, "POST", IMAGE + "second", unannounced(10)));
            assertThat(files()).isEqualTo(before);
            assertThat(server.get("/images/" + uuid).body()).isEqualTo(manifest);
            assertThat(server.getBytes("/images/" + uuid + "/file").body()).isEqualTo(bytes(MEBIBYTE));

            Files.delete(filler);
            assertThat(update(server, uuid).statusCode()).isEqualTo(200);
            assertThat(send(server, "POST", IMAGE + "second", unannounced(10)).statusCode())
                    .isEqualTo(200);
            server.rescan();
            assertThat(server.names("/images")).containsExactly("first", "second");
        }
    }

    private TestServer start() {
        return TestServer.start(directory, "\"anonymous_writes\": true");
    }

    private HttpResponse<String> update(TestServer server, String uuid) throws Exception {
        return send(
                server,
                "POST",
                "/images/" + uuid + "?action=update",
                BodyPublishers.ofString("{\"description\":\"x\"}"));
    }

    private HttpResponse<String> send(TestServer server, String method, String target, BodyPublisher body)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri(target))
                .header("Content-Type", "application/json")
                .method(method, body)
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private static void assertIsFull(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(507);
        assertThat(TestServer.json(response).path("code").asText()).isEqualTo("InsufficientStorage");
    }

    /** Writes until nothing fits any more. */
    private Path fill() throws IOException {
        Path filler = images.resolve(".filler");
        try (var out = Files.newOutputStream(filler)) {
            byte[] page = new byte[4096];
            while (images.toFile().getUsableSpace() > 0) {
                out.write(page);
            }
        }
        return filler;
    }

    private Set<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(images)) {
            return files.filter(Files::isRegularFile)
                    .map(Path::toString)
                    .filter(name -> !name.endsWith("digests.json"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** No Content-Length: sent in chunks. */
    private static BodyPublisher unannounced(int size) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes(size)));
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, "x".getBytes(StandardCharsets.US_ASCII)[0]);
        return bytes;
    }
}
