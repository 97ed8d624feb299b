package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.imageserver.RawConnection;
import org.imageserver.RawConnection.Answer;
import org.imageserver.TestAccount;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody may have put into the directory that must not be served, and must not hold the server up. */
class HostileDirectoryTest {
    private static final String SECRET = "not for you";

    @TempDir
    private Path directory;

    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start(directory);
        server.images().add(1);
        Files.writeString(directory.resolve("images").resolve("secret"), SECRET);
        Files.writeString(directory.resolve("secret"), SECRET);
        server.rescan();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Answer get(String target) throws IOException {
        try (RawConnection connection = RawConnection.tcp(server.port())) {
            Answer answer = connection.get(target, "").read();
            assertThat(connection.get("/ping", "").read().status())
                    .as("the server lives")
                    .isEqualTo(200);
            return answer;
        }
    }

    @Test
    void aSymlinkOutOfTheDirectoryIsRefused() throws IOException {
        for (int number = 2; number <= 3; number++) {
            String uuid = TestImages.uuid(number);
            byte[] bytes = SECRET.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            server.images()
                    .put(uuid, "manifest.json", TestImages.manifest(uuid, bytes).toString());
        }
        Path images = directory.resolve("images");
        Files.createSymbolicLink(images.resolve(TestImages.uuid(2)).resolve("file"), directory.resolve("secret"));
        Files.createSymbolicLink(images.resolve(TestImages.uuid(3)).resolve("file"), images.resolve("secret"));
        Files.createSymbolicLink(images.resolve("index.json"), directory.resolve("secret"));
        Files.createSymbolicLink(images.resolve("index.html"), directory.resolve("secret"));
        server.rescan();
        assertThat(server.names("/images")).containsExactly("image-00000001", "image-00000003");
        assertThat(get("/images/" + TestImages.uuid(2) + "/file").status()).isEqualTo(404);
        assertThat(get("/images/" + TestImages.uuid(3) + "/file").text())
                .as("a link within the directory is fine")
                .isEqualTo(SECRET);
        assertThat(get("/").text()).doesNotContain(SECRET);
        assertThat(server.get("/", "Accept", "text/html").body()).doesNotContain(SECRET);
    }

    @Test
    void aDirectoryThatIsASymlinkOutOfTheDirectoryIsRefused() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        String uuid = TestImages.uuid(2);
        new TestImages(elsewhere).add(2);
        Files.createSymbolicLink(directory.resolve("images").resolve(uuid), elsewhere.resolve(uuid));
        server.rescan();
        assertThat(server.names("/images")).containsExactly("image-00000001");
        assertThat(get("/images/" + uuid).status()).isEqualTo(404);
    }

    /** Whoever opened it would wait for a writer for ever. */
    @Test
    void aPipeIsNoFile() throws Exception {
        String uuid = TestImages.uuid(2);
        server.images()
                .put(
                        uuid,
                        "manifest.json",
                        TestImages.manifest(uuid, new byte[0]).toString());
        Path pipe = directory.resolve("images").resolve(uuid).resolve("file");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Path manifestPipe = Files.createDirectory(directory.resolve("images").resolve(TestImages.uuid(3)));
        assertThat(new ProcessBuilder(
                                "mkfifo", manifestPipe.resolve("manifest.json").toString())
                        .start()
                        .waitFor())
                .isZero();
        server.rescan();
        assertThat(server.names("/images")).containsExactly("image-00000001");
        assertThat(get("/images/" + uuid + "/file").status()).isEqualTo(404);
    }

    @Test
    void aDirectoryIsNoFile() throws IOException {
        String uuid = TestImages.uuid(2);
        server.images()
                .put(
                        uuid,
                        "manifest.json",
                        TestImages.manifest(uuid, new byte[0]).toString());
        Files.createDirectory(directory.resolve("images").resolve(uuid).resolve("file"));
        Files.createDirectories(
                directory.resolve("images").resolve(TestImages.uuid(3)).resolve("manifest.json"));
        Files.createDirectories(directory.resolve("images").resolve("index.json"));
        server.rescan();
        assertThat(server.names("/images")).containsExactly("image-00000001");
        assertThat(get("/images/" + uuid + "/file").status()).isEqualTo(404);
        assertThat(get("/").status()).isEqualTo(200);
    }

    @Test
    void aManifestCannotNameAFileElsewhere() {
        for (String path : new String[] {
            "../secret", "/etc/passwd", "..", ".", "a/b", "..\\secret", ".hidden", "manifest.json\u0000", ""
        }) {
            server.images()
                    .add(
                            2,
                            manifest -> ((com.fasterxml.jackson.databind.node.ObjectNode) manifest.at("/files/0"))
                                    .put("path", path));
            server.rescan();
            assertThat(server.get("/images/" + TestImages.uuid(2) + "/file").body())
                    .doesNotContain(SECRET, "root:");
        }
    }

    /** Java's own decimals would throw at such an exponent, and that would end the look at all other images. */
    @Test
    void aNumberBeyondAllBoundsTakesAwayItsOwnImageAlone() {
        String uuid = TestImages.uuid(2);
        server.images().put(uuid, "file", "x");
        server.images()
                .put(
                        uuid,
                        "manifest.json",
                        TestImages.manifest(uuid, new byte[] {'x'})
                                .toString()
                                .replace("{\"v\"", "{\"x\":1e10000000000,\"v\""));
        server.images().add(3);
        server.rescan();
        assertThat(server.names("/images")).containsExactlyInAnyOrder("image-00000001", "image-00000003");
        assertThat(server.log().warnings()).anyMatch(line -> line.contains("a number is larger or smaller than any"));
    }

    @Test
    void aNumberBeyondAllBoundsIsNoFaultOfTheServer() {
        TestAccount alice = server.account("alice", Role.PUBLISHER);
        String body = "{\"name\": \"a\", \"image_size\": 1e10000000000}";
        assertThat(server.send("POST", "/images", BodyPublishers.ofString(body), "Authorization", alice.basic())
                        .statusCode())
                .isBetween(400, 499);
    }
}
