package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.imageserver.RawConnection;
import org.imageserver.RawConnection.Answer;
import org.imageserver.TestAccount;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one client may take from the others. */
class ClientLimitsTest {
    private static final String PING = "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n";

    @TempDir
    private Path directory;

    private static String limits(String limits) {
        return "\"verify_streams\": \"off\", \"trusted_proxies\": [\"127.0.0.0/8\"], \"limits\": {" + limits + "}";
    }

    @Test
    void tooManyRequestsOfAnAddressAreAskedToComeAgain() {
        try (TestServer server = TestServer.start(directory, limits("\"requests_per_second\": 1"))) {
            for (int number = 0; number < 5; number++) {
                assertThat(server.get("/ping", "X-Forwarded-For", "10.0.0.1").statusCode())
                        .isEqualTo(200);
            }
            await().untilAsserted(() -> {
                HttpResponse<String> refused = server.get("/ping", "X-Forwarded-For", "10.0.0.1");
                assertThat(refused.statusCode()).isEqualTo(429);
                assertThat(refused.headers().firstValue("retry-after")).contains("1");
                assertThat(TestServer.json(refused).path("code").asText()).isEqualTo("TooManyRequests");
                assertThat(TestServer.json(refused).path("message").asText())
                        .isEqualTo("too many requests from 10.0.0.1; try again in 1 s");
            });
            assertThat(server.get("/ping", "X-Forwarded-For", "10.0.0.2").statusCode())
                    .as("somebody else")
                    .isEqualTo(200);
        }
    }

    /** Whoever changes what a proxy says of him besides his address, or has many addresses, is one client all the same. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            X-Forwarded-For | 10.0.0.1:%d                     | 10.0.0.2
            X-Forwarded-For | 10.9.9.%d, 10.0.0.1:4711        | 10.0.0.2
            X-Forwarded-For | [2001:db8::1]:%d                | 2001:db8:0:1::1
            X-Forwarded-For | 2001:db8::%d                    | 2001:db8:0:1::1
            Forwarded       | for="[2001:db8::1]:%d"          | for="[2001:db8:0:1::1]"
            Forwarded       | for="10.0.0.1:%d"               | for=10.0.0.2
            """)
    void oneClientIsOneHoweverItIsWritten(String header, String same, String other) {
        try (TestServer server = TestServer.start(directory, limits("\"requests_per_second\": 1"))) {
            AtomicInteger number = new AtomicInteger();
            await().untilAsserted(() -> assertThat(server.get("/ping", header, same.formatted(number.incrementAndGet()))
                            .statusCode())
                    .isEqualTo(429));
            assertThat(server.get("/ping", header, other).statusCode()).isEqualTo(200);
        }
    }

    /** What stands before it, whoever sent the request may have written. */
    @Test
    void whatStandsBeforeAnEntryThatIsNoAddressIsNotBelieved() {
        try (TestServer server = TestServer.start(directory, limits("\"requests_per_second\": 1"))) {
            AtomicInteger number = new AtomicInteger();
            await().untilAsserted(() -> assertThat(
                            server.get("/ping", "X-Forwarded-For", "10.0.0." + number.incrementAndGet() + ", unknown")
                                    .body())
                    .contains("too many requests from 127.0.0.1"));
        }
    }

    @Test
    void anAccountHasItsOwnLimitWhereverItComesFrom() {
        try (TestServer server = TestServer.start(directory, limits("\"requests_per_second\": 1"))) {
            TestAccount alice = server.account("alice", Role.READER);
            TestAccount bob = server.account("bob", Role.READER);
            await().untilAsserted(() -> {
                String address = "10.0." + new Random().nextInt(256) + "." + new Random().nextInt(256);
                HttpResponse<String> answer =
                        server.get("/ping", "X-Forwarded-For", address, "Authorization", alice.bearer());
                assertThat(answer.statusCode()).isEqualTo(429);
                assertThat(answer.body()).contains("too many requests of alice");
            });
            assertThat(server.get("/ping", "X-Forwarded-For", "10.1.0.1", "Authorization", bob.bearer())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aConnectionTooManyIsToldSoAndClosed() throws IOException {
        try (TestServer server = TestServer.start(directory, "\"limits\": {\"connections\": 2}");
                RawConnection first = RawConnection.tcp(server.port())) {
            assertThat(first.send(PING).read().status()).isEqualTo(200);
            try (RawConnection second = RawConnection.tcp(server.port())) {
                assertThat(second.send(PING).read().status()).isEqualTo(200);
                // Opened when the second one is counted: several event loops accept at the same time.
                try (RawConnection third = RawConnection.tcp(server.port())) {
                    Answer refused = third.send(PING).read();
                    assertThat(refused.status()).isEqualTo(429);
                    assertThat(refused.text()).contains("more than 2 connections from 127.0.0.1");
                    assertThat(third.isAtEnd()).isTrue();
                }
                assertThat(first.send(PING).read().status()).isEqualTo(200);
            }
            await().untilAsserted(() -> {
                try (RawConnection again = RawConnection.tcp(server.port())) {
                    assertThat(again.send(PING).read().status()).isEqualTo(200);
                }
            });
        }
    }

    /** Behind a proxy are many clients, and how many connections it needs for them is its business. */
    @Test
    void theConnectionsOfATrustedProxyAreNotCounted() throws IOException {
        try (TestServer server = TestServer.start(directory, limits("\"connections\": 1"));
                RawConnection first = RawConnection.tcp(server.port());
                RawConnection second = RawConnection.tcp(server.port())) {
            assertThat(first.send(PING).read().status()).isEqualTo(200);
            assertThat(second.send(PING).read().status()).isEqualTo(200);
        }
    }

    /** 300 KB at 100 KB a second, of which five seconds' worth may come at once: the seventh hundred waits. */
    @Test
    void filesGoOutNoFasterThanTheyMay() {
        byte[] file = new byte[300_000];
        new Random(1).nextBytes(file);
        try (TestServer server = TestServer.start(directory, limits("\"bytes_per_second\": 100000"))) {
            String uuid = server.images().add(1, file);
            server.rescan();
            long begun = System.nanoTime();
            for (int number = 0; number < 3; number++) {
                byte[] body = server.getBytes("/images/" + uuid + "/file", "X-Forwarded-For", "10.0.0.1")
                        .body();
                assertThat(TestImages.sha1(body)).isEqualTo(TestImages.sha1(file));
            }
            // Not a matter of speed: 900 KB less the 500 KB at once, and the last chunk, cannot come sooner.
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(2));
        }
    }
}
