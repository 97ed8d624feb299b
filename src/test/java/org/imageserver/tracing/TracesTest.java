package org.imageserver.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spans as a collector gets them: protobuf, in which texts and ids stand as they are. */
class TracesTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";

    private final List<String> received = new CopyOnWriteArrayList<>();

    @TempDir
    private Path directory;

    private HttpServer collector;

    @BeforeEach
    void start() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            boolean isPacked = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            try (InputStream body = exchange.getRequestBody();
                    InputStream plain = isPacked ? new GZIPInputStream(body) : body) {
                received.add(new String(plain.readAllBytes(), StandardCharsets.ISO_8859_1));
            }
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
    }

    @AfterEach
    void stop() {
        collector.stop(0);
    }

    private String config() {
        return "\"traces\": {\"endpoint\": \"http://127.0.0.1:"
                + collector.getAddress().getPort() + "/\"}";
    }

    private String all() {
        return String.join("", received);
    }

    private static String bytes(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aCollectorGetsASpanForEachRequest() {
        try (TestServer server = TestServer.start(directory, config())) {
            String uuid = server.images().add(1, new byte[12345]);
            server.rescan();
            server.getBytes("/images/" + uuid + "/file", "traceparent", "00-" + TRACE + "-" + PARENT + "-01");
            server.get("/nothing", "x-request-id", "the-one-that-was-not-found");
            server.get("/v/some-token/ping");
        }
        // What was not sent before is sent at the end.
        assertThat(all())
                .contains(
                        "image-server",
                        "GET /images/:uuid/file",
                        "http.response.status_code",
                        "http.response.body.size")
                .contains(bytes(TRACE), bytes(PARENT))
                .contains("the-one-that-was-not-found")
                .doesNotContain("some-token");
    }

    @Test
    void aClientThatDoesNotWantItsTraceRecordedIsHeeded() {
        try (TestServer server = TestServer.start(directory, config())) {
            server.get("/ping", "traceparent", "00-" + TRACE + "-" + PARENT + "-00", "x-request-id", "not-recorded");
            server.get("/ping", "traceparent", "nonsense", "x-request-id", "recorded");
        }
        assertThat(all()).contains("recorded").doesNotContain("not-recorded").doesNotContain(bytes(TRACE));
    }

    @Test
    void aServerWithoutItsCollectorServes() {
        collector.stop(0);
        try (TestServer server = TestServer.start(directory, config())) {
            assertThat(server.get("/ping").statusCode()).isEqualTo(200);
            server.server().close();
            assertThat(server.log().warnings()).anyMatch(line -> line.startsWith("traces: Failed to export spans"));
        }
        assertThat(received).isEmpty();
    }
}
