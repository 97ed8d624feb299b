package org.imageserver.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.imageserver.RawConnection;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.tls.CertificateFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A file that is fetched while clients read it: by sendfile where that works, else through a buffer. */
class ArrivingFileTest extends WithUpstream {
    private static final String BY_THE_KERNEL = "\"sendfile\": \"auto\"";
    private static final String THROUGH_A_BUFFER = "\"sendfile\": \"off\"";
    private static final String COUNTED = "\"limits\": {\"bytes_per_second\": 1000000000}";

    private static final int SIZE = 2_000_000;
    private static final int HELD_AT = 1_500_000;

    /** More than both sockets hold. */
    private static final int LARGE = 24 * 1024 * 1024;

    /** Many pieces. */
    private static final int MEASURED = 8 * 1024 * 1024;

    private TestServer serveSo(String way) {
        return serve(way + ", \"sources\": [" + source(upstream, "on-demand", "") + "]");
    }

    private static RawConnection ask(RawConnection connection, String uuid, String headers) throws IOException {
        return connection.get(fileOf(uuid), headers);
    }

    @ParameterizedTest
    @ValueSource(strings = {BY_THE_KERNEL, THROUGH_A_BUFFER, COUNTED})
    void comesWholeAndInPartsOverConnectionsThatGoOn(String way) throws Exception {
        byte[] file = bytes(1, SIZE);
        String uuid = upstream.add(1, "base", file);
        upstream.holdAt(HELD_AT);
        try (TestServer server = serveSo(way);
                RawConnection tcp = RawConnection.tcp(server.port());
                RawConnection unix = RawConnection.unix(server.socket());
                RawConnection part = RawConnection.tcp(server.port());
                RawConnection last = RawConnection.tcp(server.port())) {
            awaitKnown(server, uuid);
            ask(last, uuid, "Range: bytes=" + (SIZE - 1) + "-\r\n");
            for (RawConnection whole : List.of(tcp, unix)) {
                assertThat(ask(whole, uuid, "").readHead().headers()).containsEntry("content-length", "" + SIZE);
                assertThat(whole.readBytes(1_000_000)).isEqualTo(Arrays.copyOf(file, 1_000_000));
            }
            assertThat(ask(part, uuid, "Range: bytes=700000-999999\r\n")
                            .readHead()
                            .status())
                    .isEqualTo(206);
            assertThat(part.readBytes(300_000)).isEqualTo(Arrays.copyOfRange(file, 700_000, 1_000_000));
            assertThat(isHere(server, uuid)).isFalse();
            upstream.goOn();
            for (RawConnection whole : List.of(tcp, unix)) {
                assertThat(whole.readBytes(SIZE - 1_000_000)).isEqualTo(Arrays.copyOfRange(file, 1_000_000, SIZE));
            }
            assertThat(last.readHead().headers())
                    .containsEntry("content-range", "bytes " + (SIZE - 1) + "-" + (SIZE - 1) + "/" + SIZE);
            assertThat(last.readBytes(1)).containsExactly(file[SIZE - 1]);
            for (RawConnection each : List.of(tcp, unix, part, last)) {
                assertThat(each.get("/ping", "").read().text()).contains("pong");
            }
            assertThat(upstream.fetches(uuid)).isOne();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {BY_THE_KERNEL, THROUGH_A_BUFFER, COUNTED})
    void isCutBeforeItsLastByteWhenItTurnsOutToBeWrong(String way) throws Exception {
        String uuid = upstream.add(1, "base", bytes(1, SIZE));
        upstream.replaceFile(uuid, bytes(2, SIZE));
        upstream.holdAt(HELD_AT);
        try (TestServer server = serveSo(way);
                RawConnection tcp = RawConnection.tcp(server.port());
                RawConnection unix = RawConnection.unix(server.socket())) {
            awaitKnown(server, uuid);
            for (RawConnection each : List.of(tcp, unix)) {
                assertThat(ask(each, uuid, "").readHead().status()).isEqualTo(200);
            }
            upstream.goOn();
            for (RawConnection each : List.of(tcp, unix)) {
                int received = 0;
                while (!each.isAtEnd()) {
                    each.readBytes(1);
                    received++;
                }
                assertThat(received).isLessThan(SIZE);
            }
            assertThat(isHere(server, uuid)).isFalse();
        }
    }

    /** A client that trusts the certificate which the server made for itself. */
    private HttpClient trusting() throws Exception {
        Path tls = directory.resolve("images/.image-server/tls");
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(
                "server",
                new CertificateFiles(tls.resolve("certificate.pem"), tls.resolve("key.pem"))
                        .read()
                        .own());
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    @Test
    void comesOverTls() throws Exception {
        byte[] file = bytes(1, SIZE);
        String uuid = upstream.add(1, "base", file);
        upstream.holdAt(HELD_AT);
        try (TestServer server = serveSo("\"listen\": [\"tls:127.0.0.1:0\"]");
                HttpClient client = trusting()) {
            awaitKnown(server, uuid);
            URI address = URI.create("https://127.0.0.1:" + server.port() + fileOf(uuid));
            try (InputStream body = client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofInputStream())
                    .body()) {
                assertThat(body.readNBytes(1_000_000)).isEqualTo(Arrays.copyOf(file, 1_000_000));
                assertThat(isHere(server, uuid)).isFalse();
                upstream.goOn();
                assertThat(body.readAllBytes()).isEqualTo(Arrays.copyOfRange(file, 1_000_000, SIZE));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {BY_THE_KERNEL, THROUGH_A_BUFFER})
    void comesToASlowClientLongAfterTheOthersHaveIt(String way) throws Exception {
        byte[] file = bytes(1, LARGE);
        String uuid = upstream.add(1, "base", file);
        try (TestServer server = serveSo(way);
                RawConnection slow = RawConnection.tcp(server.port())) {
            awaitKnown(server, uuid);
            ask(slow, uuid, "").readHead();
            assertThat(server.getBytes(fileOf(uuid)).body()).isEqualTo(file);
            assertThat(isHere(server, uuid)).isTrue();
            assertThat(slow.sha1(LARGE)).isEqualTo(TestImages.sha1(file));
            assertThat(upstream.fetches(uuid)).isOne();
        }
    }

    /** What the kernel sends costs the heap next to nothing; whatever takes its place copies. */
    @Test
    void isSentByTheKernelWhileItArrives() throws Exception {
        long byTheKernel = allocatedWhileArriving(BY_THE_KERNEL, 1);
        assertThat(byTheKernel).isLessThan(MEASURED / 32);
        assertThat(allocatedWhileArriving(THROUGH_A_BUFFER, 3))
                .as("the way with a copy, to see that this test sees it")
                .isGreaterThan(MEASURED / 2);
    }

    private long allocatedWhileArriving(String way, int number) throws Exception {
        String first = upstream.add(number, "warm-up", bytes(number, MEASURED));
        String measured = upstream.add(number + 1, "measured", bytes(number + 1, MEASURED));
        try (TestServer server = serveSo(way)) {
            allocatedBy(server, first);
            return allocatedBy(server, measured);
        }
    }

    private long allocatedBy(TestServer server, String uuid) throws Exception {
        awaitKnown(server, uuid);
        upstream.holdAt(MEASURED / 2 + 1);
        try (RawConnection client = RawConnection.tcp(server.port())) {
            long before = TestServer.allocated();
            ask(client, uuid, "").readHead();
            client.readBytes(MEASURED / 2);
            long allocated = TestServer.allocated() - before;
            assertThat(isHere(server, uuid)).isFalse();
            upstream.goOn();
            assertThat(client.readBytes(MEASURED / 2)).hasSize(MEASURED / 2);
            return allocated;
        }
    }

    private List<Path> openFilesOf(String uuid) throws IOException {
        List<Path> open = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)) {
                    open.add(Files.readSymbolicLink(descriptor));
                }
            }
        }
        open.removeIf(path -> !path.toString().contains(uuid) || !path.startsWith(directory));
        return open;
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void isClosedWhenThoseWhoReadItHaveItOrLeft() throws Exception {
        String uuid = upstream.add(1, "base", bytes(1, LARGE));
        upstream.holdAt(LARGE / 2);
        try (TestServer server = serveSo(BY_THE_KERNEL)) {
            awaitKnown(server, uuid);
            CompletableFuture<byte[]> whole = CompletableFuture.supplyAsync(
                    () -> server.getBytes(fileOf(uuid)).body());
            try (RawConnection leaving = RawConnection.tcp(server.port())) {
                ask(leaving, uuid, "").readHead();
                assertThat(leaving.readBytes(1000)).isEqualTo(bytes(1, 1000));
            }
            upstream.goOn();
            assertThat(whole.get()).hasSize(LARGE);
            await().atMost(SOON).until(() -> openFilesOf(uuid).isEmpty());
        }
    }

    @Test
    void isCountedAndLoggedToItsLastByte() {
        String uuid = upstream.add(1, "base", bytes(1, SIZE));
        Logger access = (Logger) LoggerFactory.getLogger("org.imageserver.access");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        access.addAppender(lines);
        try (TestServer server = serveSo(BY_THE_KERNEL)) {
            awaitKnown(server, uuid);
            server.getBytes(fileOf(uuid));
            await().atMost(SOON)
                    .until(() -> TestServer.json(server.get("/status", "Accept", "application/json"))
                                    .at("/days/29/downloads")
                                    .asInt()
                            == 1);
            assertThat(TestServer.json(server.get("/status", "Accept", "application/json"))
                            .at("/days/29/bytes")
                            .asLong())
                    .isGreaterThanOrEqualTo(SIZE);
            assertThat(lines.list).anySatisfy(line -> {
                assertThat(line.getFormattedMessage()).isEqualTo("handled");
                assertThat(line.getKeyValuePairs().toString()).contains(fileOf(uuid), "bytes=\"" + SIZE + "\"");
            });
        } finally {
            access.detachAppender(lines);
        }
    }
}
