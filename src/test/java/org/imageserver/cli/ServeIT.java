package org.imageserver.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.imageserver.RawConnection;
import org.imageserver.TestImages;
import org.imageserver.mirror.FaultyUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code image-server serve} as a process: what it prints, how it starts beside others, how it ends. */
class ServeIT {
    private static final String TCP = "127.0.0.1:0";

    @TempDir
    private Path directory;

    @Test
    void servesASampleAndPrintsTheLineToCopy() throws Exception {
        try (Launched server = Launched.start(directory, "serve", "--sample", "--listen", TCP)) {
            int port = server.port();
            server.untilItSays("imgadm sources -a http://127.0.0.1:" + port);
            assertThat(server.output()).contains("Serving 1 image from " + directory.resolve("images"));
            assertThat(get(port, "/images")).contains("\"name\":\"sample\"");
            assertThat(get(port, "/images/0a6c2a7e-5a4d-4e1b-9c57-3b6f2d1c8e90/file"))
                    .hasSizeGreaterThan(10_000);
            assertThat(server.signal("TERM").exitCode()).isZero();
        }
    }

    @Test
    void theSampleIsARealStreamWithTheStatedSha1() throws Exception {
        try (Launched server = Launched.start(directory, "serve", "--sample", "--listen", TCP)) {
            server.port();
        }
        try (Launched check = Launched.start(directory, "check", "--hashes", "images")) {
            assertThat(check.exitCode()).as(check.output()).isZero();
        }
    }

    @Test
    void aDirectoryWithImagesGetsNoSample() throws Exception {
        Files.createDirectories(directory.resolve("images"));
        new TestImages(directory.resolve("images")).add(1);
        try (Launched server = Launched.start(directory, "serve", "--sample", "--listen", TCP)) {
            assertThat(get(server.port(), "/images")).contains("image-00000001").doesNotContain("sample");
        }
    }

    @Test
    void stopsOnInterruptAndRemovesItsSocket() throws Exception {
        try (Launched server = Launched.start(directory, "serve", "--listen", "unix:images.sock")) {
            server.untilItSays("unix:");
            assertThat(directory.resolve("images.sock")).exists();
            assertThat(server.signal("INT").exitCode()).isZero();
            assertThat(directory.resolve("images.sock")).doesNotExist();
        }
    }

    @Test
    void replacesTheSocketOfADeadProcess() throws Exception {
        try (Launched server = Launched.start(directory, "serve", "--listen", "unix:images.sock")) {
            server.untilItSays("unix:").kill();
        }
        assertThat(directory.resolve("images.sock")).exists();
        try (Launched server = Launched.start(directory, "serve", "--listen", "unix:images.sock")) {
            server.untilItSays("unix:");
            assertThat(ping()).isEqualTo(200);
        }
    }

    @Test
    void leavesTheSocketOfALivingProcessAlone() throws Exception {
        try (Launched first = Launched.start(directory, "serve", "--listen", "unix:images.sock")) {
            first.untilItSays("unix:");
            try (Launched second = Launched.start(directory, "serve", "--listen", "unix:images.sock")) {
                assertThat(second.exitCode()).isEqualTo(1);
                assertThat(second.output()).contains("another process listens on");
            }
            assertThat(ping()).isEqualTo(200);
        }
    }

    @Test
    void neverRemovesAFileThatIsNoSocket() throws Exception {
        Path file = Files.writeString(directory.resolve("images.sock"), "precious");
        try (Launched server = Launched.start(directory, "serve", "--listen", "unix:images.sock")) {
            assertThat(server.exitCode()).isEqualTo(1);
            assertThat(server.output()).contains("is not a socket");
        }
        assertThat(file).hasContent("precious");
    }

    @Test
    void saysWhichAddressIsTaken() throws Exception {
        try (Launched first = Launched.start(directory, "serve", "--listen", TCP)) {
            String taken = "127.0.0.1:" + first.port();
            try (Launched second =
                    Launched.start(directory, "serve", "--listen", "unix:second.sock", "--listen", taken)) {
                assertThat(second.exitCode()).isEqualTo(1);
                assertThat(second.output()).contains("cannot listen on " + taken);
                assertThat(directory.resolve("second.sock")).doesNotExist();
            }
        }
    }

    @Test
    void letsARunningDownloadFinish() throws Exception {
        byte[] file = new byte[64 * 1024 * 1024];
        String uuid = TestImages.uuid(1);
        TestImages images = new TestImages(directory.resolve("images"));
        images.put(uuid, "file", file);
        images.put(uuid, "manifest.json", TestImages.manifest(uuid, file).toString());
        try (Launched server = Launched.start(directory, "serve", "--listen", TCP);
                RawConnection download = RawConnection.tcp(server.port())) {
            download.send("GET /images/" + uuid + "/file HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(download.readHead().status()).isEqualTo(200);
            server.signal("TERM").untilItSays("stopping");
            assertThat(download.readBytes(file.length)).hasSize(file.length);
            assertThat(server.exitCode()).isZero();
        }
    }

    @Test
    void looksAgainAtOnceWhenItHangsUp() throws Exception {
        Path config = Files.writeString(
                directory.resolve("c.json"), "{\"listen\": [\"" + TCP + "\"], \"rescan_seconds\": 86400}");
        try (Launched server = Launched.start(directory, "serve", "--config", config.toString())) {
            int port = server.port();
            new TestImages(directory.resolve("images")).add(1);
            server.signal("HUP");
            await().until(() -> get(port, "/images").contains("image-00000001"));
        }
    }

    @Test
    void takesUpLimitsWhenTheConfigurationChanges() throws Exception {
        Path config = directory.resolve("c.json");
        String listen = "{\"listen\": [\"" + TCP + "\"]";
        Files.writeString(config, listen + "}");
        try (Launched server = Launched.start(directory, "serve", "--config", config.toString())) {
            int port = server.port();
            Files.writeString(config, listen + ", \"limits\": {\"requests_per_second\": \"many\"}}");
            server.untilItSays("the new configuration is not used, the old one goes on: " + config);
            assertThat(get(port, "/ping")).contains("pong");
            Files.writeString(config, listen + ", \"rescan_seconds\": 5, \"limits\": {\"requests_per_second\": 1}}");
            server.signal("HUP").untilItSays("needs a restart: rescan");
            await().until(() -> get(port, "/ping").contains("TooManyRequests"));
        }
    }

    @Test
    void takesUpSourcesWhenTheConfigurationChanges() throws Exception {
        Path config = directory.resolve("c.json");
        String listen = "{\"listen\": [\"" + TCP + "\"], \"sources\": [";
        Files.writeString(config, listen + "]}");
        try (FaultyUpstream upstream = new FaultyUpstream();
                Launched server = Launched.start(directory, "serve", "--config", config.toString())) {
            String uuid = upstream.add(1, "base", new byte[1000]);
            int port = server.port();
            String source = "{\"url\": \"" + upstream.url() + "\", \"policy\": \"on-demand\"";
            Files.writeString(config, listen + source + "}]}");
            server.signal("HUP");
            await().until(() -> get(port, "/images").contains(uuid));
            Files.writeString(config, listen + source + ", \"credentials\": [\"secret\"]}]}");
            server.signal("HUP").untilItSays("\\\"credentials\\\" must be a text");
            assertThat(server.output()).contains("the old one goes on").doesNotContain("[\"secret", "[\\\"secret");
            assertThat(get(port, "/images")).contains(uuid);
            Files.writeString(config, listen + "]}");
            await().until(() -> !get(port, "/images").contains(uuid));
        }
    }

    @Test
    void logsAsBunyanWhenNobodyLooks() throws Exception {
        try (Launched server = Launched.start(directory, "serve", "--listen", TCP)) {
            get(server.port(), "/ping");
            server.untilItSays("\"url\":\"/ping\"");
            assertThat(server.output())
                    .contains("\"v\":0")
                    .contains("\"status\":200")
                    .contains("\"req_id\"");
        }
    }

    @Test
    void startsNothingOnAConfigurationThatIsWrong() throws Exception {
        Path config = Files.writeString(
                directory.resolve("c.json"), "{\n\"listen\": [\"unix:a.sock\"],\n\"mode\": \"secret\"}");
        try (Launched server = Launched.start(directory, "serve", "--config", config.toString())) {
            assertThat(server.exitCode()).isEqualTo(2);
            assertThat(server.output()).contains("c.json line 3: \"mode\": expected");
            assertThat(directory.resolve("a.sock")).doesNotExist();
            assertThat(directory.resolve("images")).doesNotExist();
        }
    }

    private int ping() throws IOException {
        try (RawConnection connection = RawConnection.unix(directory.resolve("images.sock"))) {
            return connection
                    .send("GET /ping HTTP/1.1\r\nHost: x\r\n\r\n")
                    .read()
                    .status();
        }
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .build();
            return client.send(request, BodyHandlers.ofString()).body();
        }
    }
}
