package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.imageserver.RawConnection;
import org.imageserver.RawConnection.Answer;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP as odd, slow and broken clients speak it: the server answers or refuses in JSON, and lives. */
class RawHttpTest {
    private static final String UUID = TestImages.uuid(1);

    @TempDir
    private static Path directory;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(directory);
        server.images().add(1);
        server.rescan();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RawConnection connect() throws IOException {
        return RawConnection.tcp(server.port());
    }

    private static void assertIsError(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.headers())
                .containsEntry("content-type", "application/json")
                .containsKeys("x-request-id", "x-response-time", "server", "date")
                .containsEntry("access-control-allow-origin", "*");
        var json = TestImages.json(answer.text());
        assertThat(json.path("code").asText()).isEqualTo(code);
        assertThat(json.path("message").asText()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://HOST/images/UUID/file", "http://other.example/images/UUID/file",
                "http://other.example:8080/datasets/UUID/image.zfs.gz", "https://user@[::1]:1/images/UUID/file",
                "HTTP://HOST/images/UUID/file?channel=http://x/y", "/images/UUID/file?next=http://x/"
            })
    void theAbsoluteFormMeansThisServerWhateverHostItNames(String target) throws IOException {
        String host = "127.0.0.1:" + server.port();
        try (RawConnection connection = connect()) {
            Answer answer = connection
                    .get(target.replace("HOST", host).replace("UUID", UUID), "")
                    .read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("bytes of " + UUID);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://other.example", "http://other.example/", "http://other.example?x=/images", "/"})
    void theAbsoluteFormMayLackAPath(String target) throws IOException {
        try (RawConnection connection = connect()) {
            Answer answer = connection.get(target, "").read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(TestImages.json(answer.text()).path("name").asText()).isEqualTo("image-server");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "images", "//images", "://", "http://", "other.example:80", "?", "#"})
    void anOddTargetIsNotFound(String target) throws IOException {
        try (RawConnection connection = connect()) {
            Answer answer = connection.get(target, "").read();
            assertThat(answer.status()).isIn(404, target.equals("http://") ? 200 : 404);
            assertThat(connection.get("/ping", "").read().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "images", "{.images"})
    void anOddTargetIsNotFoundInABrowserEither(String target) throws IOException {
        try (RawConnection connection = connect()) {
            assertThat(connection.get(target, "Accept: text/html\r\n").read().status())
                    .isEqualTo(404);
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws IOException {
        try (RawConnection connection = connect()) {
            StringBuilder requests = new StringBuilder();
            for (int number = 0; number < 50; number++) {
                String target = number % 2 == 0 ? "/images/" + UUID + "/file" : "/images?name=" + number;
                requests.append("GET ").append(target).append(" HTTP/1.1\r\nHost: x\r\nx-request-id: ");
                requests.append(number).append("\r\n\r\n");
            }
            connection.send(requests.toString());
            for (int number = 0; number < 50; number++) {
                Answer answer = connection.read();
                assertThat(answer.headers()).containsEntry("x-request-id", Integer.toString(number));
                assertThat(answer.text()).isEqualTo(number % 2 == 0 ? "bytes of " + UUID : "[]");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ping", "/images/UUID/file", "/datasets"})
    void answersAClientThatHasSaidAllItHasToSay(String target) throws IOException {
        String request = "GET " + target.replace("UUID", UUID) + " HTTP/1.1\r\nHost: x\r\n\r\n";
        try (RawConnection connection = connect()) {
            connection.send(request + request).shutdownOutput();
            assertThat(connection.read().status()).isEqualTo(200);
            assertThat(connection.read().status()).isEqualTo(200);
            assertThat(connection.isAtEnd()).isTrue();
        }
    }

    @Test
    void letsAClientGoThatLeavesInTheMiddleOfARequest() throws IOException {
        for (String part :
                new String[] {"", "GET", "GET / HTTP/1.1\r\nHost:", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nx"}) {
            try (RawConnection connection = connect()) {
                connection.send(part).shutdownOutput();
                while (!connection.isAtEnd()) {
                    connection.readBytes(1);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: Upgrade^Upgrade: websocket^Sec-WebSocket-Version: 13^Sec-WebSocket-Key: eA==^"
                        + "Sec-WebSocket-Extensions: permessage-deflate^",
                "Connection: Upgrade, HTTP2-Settings^Upgrade: h2c^HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA^",
                "Connection: Upgrade^Upgrade: TLS/1.0^"
            })
    void speaksNothingButHttpOneWhateverTheClientWouldRather(String headers) throws IOException {
        try (RawConnection connection = connect()) {
            for (String target : new String[] {"/ping", "/images/" + UUID + "/file", "/images"}) {
                Answer answer =
                        connection.get(target, headers.replace("^", "\r\n")).read();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.headers()).doesNotContainKeys("upgrade", "sec-websocket-accept");
            }
        }
    }

    @Test
    void waitsForARequestThatComesByteByByte() throws IOException {
        try (RawConnection connection = connect()) {
            for (char next : "GET /images?name=~image HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n".toCharArray()) {
                connection.send(String.valueOf(next));
            }
            assertThat(connection.read().text()).contains(UUID);
        }
    }

    /** A client that sends everything before it reads must see the answer, not a broken connection. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            431 | RequestHeaderFieldsTooLarge | GET / HTTP/1.1^Host: x^X: LONG^^
            431 | RequestHeaderFieldsTooLarge | GET / HTTP/1.1^Host: x^LONG: x^^
            414 | UriTooLong                  | GET /LONG HTTP/1.1^Host: x^^
            414 | UriTooLong                  | LONG
            """)
    void refusesWhatIsTooLong(int status, String code, String request) throws IOException {
        for (int size : new int[] {20_000, 1024 * 1024}) {
            try (RawConnection connection = connect()) {
                connection.send(request.replace("^", "\r\n").replace("LONG", "a".repeat(size)));
                Answer answer = connection.read();
                assertIsError(answer, status, code);
                assertThat(answer.headers()).containsEntry("connection", "close");
                assertThat(connection.isAtEnd()).isTrue();
            }
        }
    }

    @Test
    void acceptsWhatIsJustNotTooLong() throws IOException {
        try (RawConnection connection = connect()) {
            Answer answer = connection
                    .get("/ping?" + "a".repeat(8000), "X: " + "b".repeat(15_000) + "\r\n")
                    .read();
            assertThat(answer.status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003^^",
                "GET^^",
                "GET / FTP/1.0^^",
                "GET / HTTP/1.1^Host x^^",
                "GET / HTTP/1.1^Ho st: x^^",
                "GET / HTTP/1.1^Content-Length: x^^",
                "GET / HTTP/1.1^Content-Length: -1^^",
                "POST / HTTP/1.1^Content-Length: 5^Content-Length: 6^^hello!",
                "POST / HTTP/1.1^Content-Length: 5^Content-Length: 5^^hello",
                "POST / HTTP/1.1^Content-Length: 5, 6^^hello!",
                "POST / HTTP/1.1^Transfer-Encoding: chunked^Content-Length: 5^^0^^",
                "POST / HTTP/1.1^Content-Length: 5^Transfer-Encoding: chunked^^0^^",
                "POST / HTTP/1.1^Transfer-Encoding: chunked, identity^^0^^",
                "POST / HTTP/1.1^Transfer-Encoding: xchunked^^0^^",
                "POST / HTTP/1.1^Transfer-Encoding: gzip, chunked^^0^^",
                "POST / HTTP/1.0^Transfer-Encoding: chunked^^0^^",
                "GET / HTTP/2.0^Host: x^^",
                "GET / HTTP/1.9^Host: x^^",
                "PRI * HTTP/2.0^^SM^^",
            })
    void refusesWhatIsNotHttpAndEndsTheConnection(String request) throws IOException {
        try (RawConnection connection = connect()) {
            connection.send(request.replace("^", "\r\n"));
            connection.send("GET /ping HTTP/1.1\r\nHost: x\r\n\r\n");
            Answer answer = connection.read();
            assertIsError(answer, 400, "BadRequest");
            assertThat(answer.headers()).containsEntry("connection", "close");
            assertThat(connection.isAtEnd()).as("nothing after it is answered").isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"HTTP/1.0,'',false", "HTTP/1.0,keep-alive,true", "HTTP/1.1,'',true", "HTTP/1.1,close,false"})
    void keepsTheConnectionAsTheClientWants(String version, String connectionHeader, boolean isKept)
            throws IOException {
        String header = connectionHeader.isEmpty() ? "" : "Connection: " + connectionHeader + "\r\n";
        for (String target : new String[] {"/ping", "/images/" + UUID + "/file"}) {
            try (RawConnection connection = connect()) {
                connection.send("GET " + target + " " + version + "\r\nHost: x\r\n" + header + "\r\n");
                Answer answer = connection.read();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.headers()).containsKey("content-length").doesNotContainKey("transfer-encoding");
                if (isKept) {
                    assertThat(connection.get("/ping", "").read().status()).isEqualTo(200);
                } else {
                    assertThat(connection.isAtEnd()).isTrue();
                }
            }
        }
    }
}
