package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.imageserver.RawConnection;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the server ends a connection by itself, and when it must not. */
class IdleTest {
    private static final String TARGET = "/images/" + TestImages.uuid(1) + "/file";

    /** More than both sockets hold together. */
    private static final int SIZE = 24 * 1024 * 1024;

    @TempDir
    private Path directory;

    private TestServer start(String name, String entries) throws IOException {
        TestServer server = TestServer.start(Files.createDirectories(directory.resolve(name)), entries);
        server.images().add(1, new byte[SIZE]);
        server.rescan();
        return server;
    }

    @Test
    void aSilentClientIsSentAway() throws IOException {
        try (TestServer server = start("silent", "\"idle_seconds\": 1");
                RawConnection fresh = RawConnection.tcp(server.port());
                RawConnection local = RawConnection.unix(server.socket());
                RawConnection used = RawConnection.tcp(server.port());
                RawConnection halfHead = RawConnection.tcp(server.port());
                RawConnection halfBody = RawConnection.tcp(server.port())) {
            assertThat(used.get("/ping", "").read().status()).isEqualTo(200);
            halfHead.send("GET /ping HTTP/1.1\r\nHost:");
            halfBody.send("GET /ping HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
            assertThat(halfBody.read().status()).isEqualTo(200);
            for (RawConnection connection : List.of(fresh, local, used, halfHead, halfBody)) {
                assertThat(connection.isAtEnd()).isTrue();
            }
        }
    }

    /** Slower than the idle time, and for some of it not reading at all. */
    @Test
    void aSlowDownloadIsNotIdle() throws IOException {
        try (TestServer zeroCopy = start("auto", "\"idle_seconds\": 1");
                TestServer copying = start("off", "\"idle_seconds\": 1, \"sendfile\": \"off\"")) {
            List<RawConnection> connections = new ArrayList<>();
            for (TestServer server : List.of(zeroCopy, copying)) {
                for (int number = 0; number < 2; number++) {
                    connections.add(RawConnection.tcp(server.port()));
                    connections.add(RawConnection.unix(server.socket()));
                }
            }
            for (RawConnection connection : connections) {
                connection.get(TARGET, "").readHead();
            }
            int slow = connections.size() / 2;
            int[] rounds = {0};
            await().pollInterval(Duration.ofMillis(100)).until(() -> {
                for (RawConnection connection : connections.subList(0, slow)) {
                    connection.readBytes(1000);
                }
                return ++rounds[0] == 35;
            });
            for (RawConnection connection : connections) {
                int left = connections.indexOf(connection) < slow ? SIZE - rounds[0] * 1000 : SIZE;
                assertThat(connection.readBytes(left)).hasSize(left);
                connection.close();
            }
        }
    }

    @Test
    void aDownloadThatRunsIsFinishedBeforeTheServerStops() throws Exception {
        TestServer server = start("stop", "\"grace_seconds\": 30");
        int port = server.port();
        CompletableFuture<Void> stopped;
        try (RawConnection idle = RawConnection.tcp(port);
                RawConnection connection = RawConnection.tcp(port)) {
            connection.get(TARGET, "").readHead();
            stopped = CompletableFuture.runAsync(server::close);
            assertThat(idle.isAtEnd()).as("nobody waits for an idle client").isTrue();
            await().untilAsserted(() ->
                    assertThatThrownBy(() -> RawConnection.tcp(port).close()).isInstanceOf(ConnectException.class));
            assertThat(connection.readBytes(SIZE)).hasSize(SIZE);
            assertThat(connection.isAtEnd()).isTrue();
        }
        stopped.get(10, TimeUnit.SECONDS);
    }
}
