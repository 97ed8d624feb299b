package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.imageserver.RawConnection;
import org.imageserver.RawConnection.Answer;
import org.imageserver.TestImages;
import org.imageserver.TestServer;

/**
 * The same file asked for in every way: on both APIs, over TCP and a unix socket, with sendfile and without. All ways
 * must give the same answer, and leave a connection that goes on.
 */
final class FileInEveryWay implements AutoCloseable {
    static final String BYTES = "0123456789abcdefghijABCDEFGHIJ";
    static final String SHA1 = TestImages.sha1(BYTES.getBytes(StandardCharsets.UTF_8));
    static final String UUID = TestImages.uuid(1);
    static final String EMPTY = TestImages.uuid(2);
    static final String MODIFIED = "Sun, 05 Jan 2020 03:04:05 GMT";

    private final TestServer zeroCopy;
    private final TestServer copying;

    FileInEveryWay(Path directory) throws IOException {
        zeroCopy = start(directory, "auto");
        copying = start(directory, "off");
    }

    private static TestServer start(Path directory, String sendfile) throws IOException {
        TestServer server = TestServer.start(
                Files.createDirectories(directory.resolve(sendfile)), "\"sendfile\": \"" + sendfile + "\"");
        server.images().add(1, BYTES.getBytes(StandardCharsets.UTF_8));
        server.images().add(2, new byte[0]);
        for (int image = 1; image <= 2; image++) {
            Files.setLastModifiedTime(
                    server.images().directory().resolve(TestImages.uuid(image)).resolve("file"),
                    FileTime.from(Instant.parse("2020-01-05T03:04:05.678Z")));
        }
        server.rescan();
        return server;
    }

    /** Asks in every way for the same and gives the one answer that all agree on. */
    Answer ask(String request) throws IOException {
        Answer first = ask(RawConnection.tcp(zeroCopy.port()), request);
        String dsapi = request.replace("/images/" + UUID + "/file", "/datasets/" + UUID + "/image.zfs.gz");
        for (Answer other : List.of(
                ask(RawConnection.tcp(zeroCopy.port()), dsapi),
                ask(RawConnection.unix(zeroCopy.socket()), request),
                ask(RawConnection.tcp(copying.port()), request),
                ask(RawConnection.unix(copying.socket()), request))) {
            assertThat(stable(other)).isEqualTo(stable(first));
        }
        return first;
    }

    private static Answer ask(RawConnection connection, String request) throws IOException {
        try (connection) {
            connection.send(request);
            boolean hasBody = !request.startsWith("HEAD");
            Answer answer = hasBody ? connection.read() : connection.readHead();
            assertThat(connection
                            .send("GET /ping HTTP/1.1\r\nHost: x\r\n\r\n")
                            .read()
                            .text())
                    .as("the connection goes on")
                    .contains("pong");
            return answer;
        }
    }

    private static Answer stable(Answer answer) {
        TreeMap<String, String> headers = new TreeMap<>(answer.headers());
        List.of("date", "x-request-id", "x-response-time", "content-md5").forEach(headers::remove);
        return new Answer(answer.status(), headers, answer.text());
    }

    Answer get(String... headers) throws IOException {
        return ask(request("GET", headers));
    }

    static String request(String method, String... headers) {
        String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return method + " /images/" + UUID + "/file HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n";
    }

    /** One of the servers, for what does not depend on the way. */
    TestServer server() {
        return zeroCopy;
    }

    @Override
    public void close() {
        zeroCopy.close();
        copying.close();
    }
}
