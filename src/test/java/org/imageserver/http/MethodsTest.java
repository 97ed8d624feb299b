package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every method on every route that reads. */
class MethodsTest {
    private static final String UUID = TestImages.uuid(1);

    @TempDir
    private static Path directory;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(directory);
        server.images().add(1);
        server.images().put(UUID, "icon.gif", "GIF");
        server.rescan();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RawConnection connect() throws IOException {
        return RawConnection.tcp(server.port());
    }

    static List<String> targets() {
        return List.of(
                "/ping",
                "/ping?error=StorageIsDown",
                "/images",
                "/images?name=x",
                "/images?state=bogus",
                "/images/" + UUID,
                "/images/" + UUID + "/file",
                "/images/" + UUID + "/icon",
                "/images/" + TestImages.uuid(2),
                "/datasets",
                "/datasets/" + UUID,
                "/datasets/" + UUID + "/image.zfs.gz",
                "/datasets/" + UUID + "/nothing",
                "/",
                "/docs",
                "/openapi.json",
                "/static/x/pages.css",
                "/nowhere");
    }

    @ParameterizedTest
    @MethodSource("targets")
    void headHasTheHeadersOfGetAndNoBody(String target) throws IOException {
        for (String more : new String[] {"", "Accept-Encoding: gzip\r\n", "Accept: text/html\r\n"}) {
            try (RawConnection connection = connect()) {
                Answer get = connection.get(target, more).read();
                connection.send("HEAD " + target + " HTTP/1.1\r\nHost: x\r\n" + more + "\r\n");
                Answer head = connection.readHead();
                assertThat(head.status()).isEqualTo(get.status());
                assertThat(stable(head)).isEqualTo(stable(get));
                assertThat(connection.get("/ping", "").read().text())
                        .as("the next answer follows at once")
                        .contains("pong");
            }
        }
    }

    private static Map<String, String> stable(Answer answer) {
        TreeMap<String, String> headers = new TreeMap<>(answer.headers());
        List.of("date", "x-request-id", "x-response-time", "content-md5").forEach(headers::remove);
        return headers;
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "FOO", "get", "GETS"})
    void refusesOtherMethodsAndSaysWhichThereAre(String method) throws IOException {
        for (String target : targets()) {
            if (target.equals("/nowhere")) {
                continue;
            }
            try (RawConnection connection = connect()) {
                Answer answer = connection
                        .send(method + " " + target + " HTTP/1.1\r\nHost: x\r\n\r\n")
                        .read();
                if (isPublishing(method, target)) {
                    assertThat(answer.status()).as(target).isEqualTo(401);
                    continue;
                }
                assertThat(answer.status()).as(target).isEqualTo(405);
                assertThat(answer.headers().get("allow")).contains("GET, HEAD, OPTIONS");
                JsonNode error = TestImages.json(answer.text());
                assertThat(error.path("code").asText()).isEqualTo("MethodNotAllowedError");
                assertThat(error.path("message").asText()).isEqualTo(method + " is not allowed");
            }
        }
    }

    /** What changes images asks for a credential first. */
    private static boolean isPublishing(String method, String target) {
        String path = target.split("\\?", 2)[0];
        return switch (method) {
            case "POST" -> path.equals("/images") || path.matches("/images/[^/]+");
            case "PUT" -> path.matches("/images/[^/]+/(file|icon)");
            case "DELETE" -> path.matches("/images/[^/]+(/icon)?");
            default -> false;
        };
    }

    @Test
    void anUnknownPathIsNotFoundByAnyMethod() {
        for (String method : new String[] {"GET", "POST", "DELETE", "OPTIONS", "FOO"}) {
            assertThat(server.send(method, "/nowhere").statusCode()).isEqualTo(404);
        }
    }

    /** A client that sends its whole upload before it reads must see the refusal, and may go on. */
    @ParameterizedTest
    @CsvSource({"POST,/images", "PUT,/images/UUID/file", "DELETE,/images/UUID", "GET,/ping", "POST,/nowhere"})
    void readsTheBodyThatItDoesNotWant(String method, String template) throws IOException {
        String target = template.replace("UUID", UUID);
        String body = "x".repeat(1024 * 1024);
        String chunks = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").repeat(16) + "0\r\n\r\n";
        for (String request : new String[] {
            "Content-Length: " + body.length() + "\r\n\r\n" + body, "Transfer-Encoding: chunked\r\n\r\n" + chunks
        }) {
            try (RawConnection connection = connect()) {
                connection.send(method + " " + target + " HTTP/1.1\r\nHost: x\r\n" + request);
                assertThat(connection.read().status()).isIn(200, 401, 404, 405);
                assertThat(connection.get("/ping", "").read().status()).isEqualTo(200);
            }
            try (RawConnection connection = connect()) {
                connection.send(method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + request);
                assertThat(connection.read().status()).isIn(200, 401, 404, 405);
                assertThat(connection.isAtEnd()).isTrue();
            }
        }
    }

    /** The refusal comes instead of the 100, so nobody knows whether the body will come: the connection ends. */
    @Test
    void refusesAnUploadBeforeItIsSent() throws IOException {
        try (RawConnection connection = connect()) {
            connection.send("PUT /images/" + UUID
                    + "/file HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n");
            Answer answer = connection.read();
            assertThat(answer.status()).isEqualTo(401);
            assertThat(connection.isAtEnd()).isTrue();
        }
    }

    @Test
    void tellsABrowserFromElsewhereWhatItMayDo() throws IOException {
        for (String target : targets()) {
            try (RawConnection connection = connect()) {
                Answer answer = connection
                        .send("OPTIONS " + target + " HTTP/1.1\r\nHost: x\r\nOrigin: http://else.where\r\n"
                                + "Access-Control-Request-Method: GET\r\n"
                                + "Access-Control-Request-Headers: accept-version, range\r\n\r\n")
                        .read();
                assertThat(answer.headers()).containsEntry("access-control-allow-origin", "*");
                if (!target.equals("/nowhere")) {
                    assertThat(answer.status()).as(target).isEqualTo(204);
                    assertThat(answer.headers().get("allow")).contains("GET, HEAD, OPTIONS");
                    assertThat(answer.headers())
                            .containsEntry(
                                    "access-control-allow-methods",
                                    String.valueOf(answer.headers().get("allow")))
                            .containsEntry("access-control-allow-headers", "accept-version, range")
                            .containsEntry("access-control-max-age", "86400")
                            .doesNotContainKeys("content-type", "transfer-encoding");
                }
                assertThat(connection.get("/ping", "").read().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void survivesAHostilePreflight() throws IOException {
        for (String headers : new String[] {"a\u0001b", "\u00e4\u00f6", "a\tb", "x".repeat(10_000), ""}) {
            try (RawConnection connection = connect()) {
                Answer answer = connection
                        .send("OPTIONS /images HTTP/1.1\r\nHost: x\r\nAccess-Control-Request-Headers: " + headers
                                + "\r\n\r\n")
                        .read();
                assertThat(answer.status()).isIn(204, 400);
            }
        }
    }
}
