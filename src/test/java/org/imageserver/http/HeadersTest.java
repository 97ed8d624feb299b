package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
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

/** Headers that every answer has, and those of a request that every route minds. */
class HeadersTest {
    private static final String RANDOM_ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

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

    private static Answer get(String target, String headers) throws IOException {
        try (RawConnection connection = RawConnection.tcp(server.port())) {
            return connection.get(target, headers).read();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ping",
                "/images",
                "/images/00000001-0000-4000-8000-000000000000/file",
                "/datasets",
                "/",
                "/docs",
                "/nowhere",
                "/images?limit=x",
                "/images?name=%zz",
                "/ping?error=InternalError",
                "/images/x"
            })
    void everyAnswerSaysWhoMadeItAndWhen(String target) throws IOException {
        Answer answer = get(target, "");
        assertThat(answer.headers())
                .containsEntry("access-control-allow-origin", "*")
                .containsKeys("date", "content-length", "content-type", "access-control-expose-headers")
                .doesNotContainKey("transfer-encoding");
        assertThat(answer.headers().get("server")).startsWith("image-server/");
        assertThat(answer.headers().get("x-request-id")).matches(RANDOM_ID);
        assertThat(answer.headers().get("x-response-time")).matches("[0-9]+");
        if (answer.status() >= 400) {
            assertThat(TestImages.json(answer.text()).path("code").asText()).isNotEmpty();
            assertThat(TestImages.json(answer.text()).path("message").asText()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            x-request-id: abc                | abc
            X-Request-Id: a.b-c_d/e:f        | a.b-c_d/e:f
            request-id: abc                  | abc
            x-request-id: a^request-id: b    | a
            """)
    void theClientNamesItsRequest(String headers, String expected) throws IOException {
        for (String target : new String[] {"/ping", "/nowhere", "/images/00000001-0000-4000-8000-000000000000/file"}) {
            assertThat(get(target, headers.replace("^", "\r\n") + "\r\n").headers())
                    .containsEntry("x-request-id", expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "\u00e4", "a\tb", "LONG", "a\u0001"})
    void aNameThatCouldHarmALogIsNotTaken(String id) throws IOException {
        Answer answer = get("/ping", "x-request-id: " + id.replace("LONG", "x".repeat(129)) + "\r\n");
        assertThat(answer.status()).isIn(200, 400);
        assertThat(answer.headers().get("x-request-id")).matches(RANDOM_ID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "~1",
                "~2",
                "*",
                "1",
                "2",
                "2.0.0",
                "1.0.0",
                "^2",
                "2.x",
                ">=1 <3",
                ">=2",
                "1 || 2",
                "~1 || ~99",
                "1.0",
                "2.0",
                " ~2 ",
                "=2.0.0",
                "1.0.0 - 2.5.0",
                "v2.0.0",
                ""
            })
    void speaksTheVersionsThatImgadmAsksFor(String range) {
        for (String target : new String[] {"/ping", "/images", "/images/" + TestImages.uuid(1) + "/file"}) {
            assertThat(server.get(target, "Accept-Version", range).statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"~99", "3", ">2.0.0", "<1", "0.9.0", "garbage", "1 2", "~~", "1.0.0-beta", "2.0.0.0.0", "\""})
    void refusesOtherVersions(String range) {
        HttpResponse<String> answer = server.get("/images", "Accept-Version", range);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(TestServer.json(answer))
                .isEqualTo(TestImages.json("{\"code\": \"InvalidVersion\"}")
                        .put("message", range + " is not supported by GET /images"));
    }

    /** DSAPI is older than the header, and pages are for browsers. */
    @Test
    void onlyImgapiHasVersions() {
        for (String target : new String[] {"/datasets", "/", "/docs", "/openapi.json"}) {
            assertThat(server.get(target, "Accept-Version", "~99").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aHostOfAnyKindIsAnswered() throws IOException {
        try (RawConnection connection = RawConnection.tcp(server.port())) {
            for (String host : new String[] {
                "", "Host:\r\n", "Host: a b\r\n", "Host: <script>\r\n", "Host: a\r\nHost: b\r\n", "Host: x:99999\r\n"
            }) {
                Answer answer = connection
                        .send("GET /datasets HTTP/1.1\r\n" + host + "\r\n")
                        .read();
                assertThat(answer.status()).as(host).isEqualTo(200);
                assertThat(answer.text())
                        .contains("http://127.0.0.1:" + server.port() + "/datasets/" + TestImages.uuid(1) + "/");
            }
        }
    }
}
