package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.imageserver.RawConnection;
import org.imageserver.RawConnection.Answer;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of a file arrive whole and unharmed, or it is plain that they did not. */
class FileBytesTest {
    private static final int MEBIBYTE = 1024 * 1024;
    private static final String UUID = TestImages.uuid(1);
    private static final String TARGET = "/images/" + UUID + "/file";

    @TempDir
    private Path directory;

    private @Nullable TestServer started;

    @AfterEach
    void stop() {
        if (started != null) {
            started.close();
        }
    }

    /** A server that looks at its directory only when told to. */
    private TestServer start(String sendfile) {
        started = TestServer.start(directory, "\"rescan_seconds\": 86400, \"sendfile\": \"" + sendfile + "\"");
        return started;
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static RawConnection connect(TestServer server, String socket) throws IOException {
        return socket.equals("tcp") ? RawConnection.tcp(server.port()) : RawConnection.unix(server.socket());
    }

    private Path file() {
        return directory.resolve("images").resolve(UUID).resolve("file");
    }

    @ParameterizedTest
    @CsvSource({"auto,tcp,64", "auto,unix,9", "off,tcp,9", "off,unix,9"})
    void aLargeFileArrivesWhole(String sendfile, String socket, int mebibytes) throws IOException {
        TestServer server = start(sendfile);
        byte[] bytes = random(mebibytes * MEBIBYTE + 1);
        String sha1 = TestImages.sha1(bytes);
        server.images().add(1, bytes);
        server.rescan();
        try (RawConnection connection = connect(server, socket)) {
            Answer answer = connection.get(TARGET, "").readHead();
            assertThat(answer.headers()).containsEntry("content-length", Integer.toString(bytes.length));
            assertThat(connection.sha1(bytes.length)).isEqualTo(sha1);
            assertThat(connection.get("/ping", "").read().text()).contains("pong");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "off"})
    void manyLoadItAtOnce(String sendfile) throws Exception {
        TestServer server = start(sendfile);
        byte[] bytes = random(8 * MEBIBYTE);
        server.images().add(1, bytes);
        server.rescan();
        Callable<String> download = () -> {
            try (RawConnection connection = RawConnection.tcp(server.port())) {
                connection.get(TARGET, "").readHead();
                return connection.sha1(bytes.length);
            }
        };
        try (ExecutorService clients = Executors.newFixedThreadPool(8)) {
            List<Future<String>> downloads = new ArrayList<>();
            for (int client = 0; client < 8; client++) {
                downloads.add(clients.submit(download));
            }
            for (Future<String> sha1 : downloads) {
                assertThat(sha1.get()).isEqualTo(TestImages.sha1(bytes));
            }
        }
    }

    /** With Connection: close and parallel downloads, the old node behind imgadm loses data. */
    @Test
    void theConnectionStaysOpenAfterAFile() throws IOException {
        TestServer server = start("auto");
        server.images().add(1);
        server.rescan();
        try (RawConnection connection = RawConnection.tcp(server.port())) {
            for (int round = 0; round < 3; round++) {
                Answer answer =
                        connection.get(TARGET, "accept: application/json\r\n").read();
                assertThat(answer.text()).isEqualTo("bytes of " + UUID);
                assertThat(answer.headers()).doesNotContainEntry("connection", "close");
            }
        }
    }

    @Test
    void aFileHasItsMd5OnceItHasBeenRead() throws Exception {
        TestServer server = start("auto");
        server.images().add(1);
        server.rescan();
        byte[] md5 = MessageDigest.getInstance("MD5").digest(("bytes of " + UUID).getBytes(StandardCharsets.UTF_8));
        String expected = Base64.getEncoder().encodeToString(md5);
        await().untilAsserted(() -> assertThat(server.get(TARGET).headers().firstValue("content-md5"))
                .contains(expected));
        assertThat(server.send("HEAD", TARGET).headers().firstValue("content-md5"))
                .contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/images/%s/file", "/datasets/%s/image.zfs.gz"})
    void aFileThatWasReplacedIsNotSentUnderTheOldManifest(String template) throws IOException {
        String target = template.formatted(UUID);
        TestServer server = start("auto");
        server.images().add(1);
        server.rescan();
        String oldTag = server.get(target).headers().firstValue("etag").orElseThrow();
        byte[] other = ("BYTES OF " + UUID).getBytes(StandardCharsets.UTF_8);
        Path aside = server.images().put("aside", "file", other);
        Files.move(aside, file(), StandardCopyOption.ATOMIC_MOVE);
        var refusal = server.get(target);
        assertThat(refusal.statusCode()).isEqualTo(503);
        assertThat(TestServer.json(refusal).path("code").asText()).isEqualTo("StorageIsDown");
        // The refusal makes the server look again.
        await().until(() -> server.get(target).statusCode() == 200);
        assertThat(server.getBytes(target).body()).isEqualTo(other);
        await("other bytes, another tag")
                .untilAsserted(() -> assertThat(server.get(target).headers().firstValue("etag"))
                        .isNotEmpty()
                        .isNotEqualTo(java.util.Optional.of(oldTag)));
    }

    @Test
    void aFileThatIsGoneIsNotAvailable() throws IOException {
        TestServer server = start("auto");
        server.images().add(1);
        server.rescan();
        Files.delete(file());
        assertThat(server.get(TARGET).statusCode()).isEqualTo(503);
        await().until(() -> server.get(TARGET).statusCode() == 404);
        assertThat(server.names("/images")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"auto,tcp", "auto,unix", "off,tcp", "off,unix"})
    void aDownloadThatRunsIsNotDisturbedByANewFile(String sendfile, String socket) throws IOException {
        TestServer server = start(sendfile);
        byte[] bytes = random(24 * MEBIBYTE);
        server.images().add(1, bytes);
        server.rescan();
        try (RawConnection connection = connect(server, socket)) {
            connection.get(TARGET, "").readHead();
            Path aside = server.images().put("aside", "file", new byte[bytes.length]);
            Files.move(aside, file(), StandardCopyOption.ATOMIC_MOVE);
            Files.delete(file());
            server.rescan();
            assertThat(connection.sha1(bytes.length)).isEqualTo(TestImages.sha1(bytes));
        }
    }

    /** Nothing but the end of the connection tells a client that the rest will not come. */
    @ParameterizedTest
    @CsvSource({"auto,tcp", "auto,unix", "off,tcp", "off,unix"})
    void aFileThatShrinksUnderADownloadEndsTheConnection(String sendfile, String socket) throws IOException {
        TestServer server = start(sendfile);
        byte[] bytes = random(24 * MEBIBYTE);
        server.images().add(1, bytes);
        server.rescan();
        try (RawConnection connection = connect(server, socket)) {
            connection.get(TARGET, "").readHead();
            connection.get("/ping", "");
            try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
                channel.truncate(1000);
            }
            assertThatThrownBy(() -> connection.sha1(bytes.length)).isInstanceOf(IOException.class);
        }
        await().untilAsserted(() -> assertThat(server.log().warnings())
                .contains(UUID + "/file became shorter while it was being sent; the client got a part of it"));
        assertThat(server.get("/ping").statusCode()).isEqualTo(200);
    }
}
