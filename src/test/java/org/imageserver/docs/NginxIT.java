package org.imageserver.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.imageserver.RawConnection;
import org.imageserver.RawConnection.Answer;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dist/nginx.conf} does what it says, with a real nginx. Skipped where none is installed. */
class NginxIT {
    private static final String UUID = TestImages.uuid(1);

    @TempDir
    private Path directory;

    private TestServer server;
    private Optional<Nginx> nginx = Optional.empty();

    @BeforeEach
    void start() throws IOException {
        Path program = Nginx.find();
        Files.createDirectories(directory.resolve("images"));
        Path own = Files.createDirectories(directory.resolve("nginx"));
        server = TestServer.start(directory, "\"trusted_proxies\": [\"127.0.0.1\"]");
        server.images().add(1);
        server.rescan();
        nginx = Optional.of(Nginx.start(program, own, "unix:" + server.socket()));
    }

    @AfterEach
    void stop() {
        nginx.ifPresent(Nginx::close);
        if (server != null) {
            server.close();
        }
    }

    @Test
    void passesAWholeImageOn() throws IOException {
        byte[] large = new byte[20_000_000];
        new Random(1).nextBytes(large);
        String uuid = TestImages.uuid(2);
        server.images().put(uuid, "file", large);
        server.images()
                .put(uuid, "manifest.json", TestImages.manifest(uuid, large).toString());
        server.rescan();

        try (RawConnection client = connect()) {
            Answer head =
                    client.send(request("GET", "/images/" + uuid + "/file", "")).readHead();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.headers())
                    .containsEntry("content-length", "20000000")
                    .doesNotContainKey("content-encoding");
            assertThat(TestImages.sha1(client.readBytes(large.length))).isEqualTo(TestImages.sha1(large));
        }
    }

    @Test
    void keepsTheConnectionAndPassesHeadRangesAndErrorsOn() throws IOException {
        String file = "/images/" + UUID + "/file";
        try (RawConnection client = connect()) {
            assertThat(client.send(request("HEAD", file, "")).readHead().headers())
                    .containsEntry("content-length", "45")
                    .containsKey("etag");
            Answer part =
                    client.send(request("GET", file, "Range: bytes=0-4\r\n")).read();
            assertThat(part.status()).isEqualTo(206);
            assertThat(part.text()).isEqualTo("bytes");
            Answer missing = client.send(request("GET", "/images/" + TestImages.uuid(9), ""))
                    .read();
            assertThat(missing.status()).isEqualTo(404);
            assertThat(missing.text()).contains("\"code\":\"ResourceNotFound\"");
        }
    }

    @Test
    void makesTheUrlsOfDatasetsFromTheHostThatItsClientUsed() throws IOException {
        try (RawConnection client = connect()) {
            Answer answer = client.send(request("GET", "/datasets/" + UUID, "")).read();
            assertThat(answer.text()).contains("\"url\":\"http://images.example.com:8000/datasets/" + UUID);
        }
    }

    @Test
    void doesNotPassAClientsOwnWordOffAsItsOwn() throws IOException {
        String forged = "Forwarded: host=evil;proto=https\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Proto: https\r\n";
        try (RawConnection client = connect()) {
            Answer answer =
                    client.send(request("GET", "/datasets/" + UUID, forged)).read();
            assertThat(answer.text()).contains("\"url\":\"http://images.example.com:8000/datasets/" + UUID);
        }
    }

    @Test
    void takesTheAbsoluteFormOfOldHosts() throws IOException {
        String url = "http://images.example.com:8000/datasets/" + UUID + "/image.zfs.gz";
        try (RawConnection client = connect()) {
            assertThat(client.send(request("GET", url, "")).read().text()).isEqualTo("bytes of " + UUID);
        }
    }

    @Test
    void refusesNoBodyForItsSize() throws IOException {
        String twoMegabytes = "x".repeat(2_000_000);
        try (RawConnection client = connect()) {
            Answer answer = client.send(request("PUT", "/ping", "Content-Length: 2000000\r\n"))
                    .send(twoMegabytes)
                    .read();
            assertThat(answer.text()).contains("\"code\":\"MethodNotAllowedError\"");
        }
    }

    @Test
    void worksOverTcpToo() throws IOException {
        Path own = Files.createDirectories(directory.resolve("tcp"));
        Path program = Nginx.find();
        try (Nginx overTcp = Nginx.start(program, own, "127.0.0.1:" + server.port());
                RawConnection client = overTcp.connect()) {
            Answer answer = client.send(request("GET", "/datasets/" + UUID, "")).read();
            assertThat(answer.text()).contains("\"url\":\"http://images.example.com:8000/datasets/" + UUID);
        }
    }

    private RawConnection connect() throws IOException {
        return nginx.orElseThrow().connect();
    }

    private static String request(String method, String target, String headers) {
        return method + " " + target + " HTTP/1.1\r\nHost: images.example.com:8000\r\n" + headers + "\r\n";
    }
}
