package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.imageserver.RawConnection;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many clients, slow ones, and those that leave: none costs memory, files or the patience of the others. */
class ConnectionsTest {
    private static final int MEBIBYTE = 1024 * 1024;
    private static final long SIZE = 256L * MEBIBYTE;
    private static final String UUID = TestImages.uuid(1);
    private static final String TARGET = "/images/" + UUID + "/file";

    @TempDir
    private Path directory;

    private final List<RawConnection> connections = new ArrayList<>();
    private @Nullable TestServer started;

    @AfterEach
    void stop() throws IOException {
        for (RawConnection connection : connections) {
            connection.close();
        }
        if (started != null) {
            started.close();
        }
    }

    private TestServer start(String sendfile) throws IOException {
        started = TestServer.start(directory, "\"sendfile\": \"" + sendfile + "\"");
        ObjectNode manifest = TestImages.manifest(UUID, new byte[0]);
        ((ObjectNode) manifest.at("/files/0")).put("size", SIZE).remove("sha1");
        Path file = started.images().put(UUID, "file", "");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(SIZE);
        }
        started.images().put(UUID, "manifest.json", manifest.toString());
        started.images().add(2);
        started.rescan();
        return started;
    }

    private RawConnection tcp(TestServer server) throws IOException {
        connections.add(RawConnection.tcp(server.port()));
        return connections.getLast();
    }

    private RawConnection unix(TestServer server) throws IOException {
        connections.add(RawConnection.unix(server.socket()));
        return connections.getLast();
    }

    private static void assertAnswersOthers(TestServer server) {
        assertThat(server.get("/ping").statusCode()).isEqualTo(200);
        assertThat(server.names("/images")).hasSize(2);
        assertThat(server.get("/images/" + TestImages.uuid(2) + "/file").body()).startsWith("bytes of");
    }

    @Test
    void aThousandIdleConnectionsAreHeldOpen() throws IOException {
        TestServer server = start("auto");
        for (int number = 0; number < 500; number++) {
            tcp(server);
            unix(server);
        }
        assertAnswersOthers(server);
        for (RawConnection connection : connections) {
            connection.get("/ping", "");
        }
        for (RawConnection connection : connections) {
            assertThat(connection.read().status()).isEqualTo(200);
        }
    }

    /** With a buffer, each may hold a few chunks; with sendfile, nothing at all. */
    @ParameterizedTest
    @ValueSource(strings = {"auto", "off"})
    void clientsThatStopReadingCostNoMemory(String sendfile) throws IOException {
        TestServer server = start(sendfile);
        // Whatever the first requests load and keep is not counted.
        assertAnswersOthers(server);
        tcp(server).get(TARGET, "").readHead();
        int clients = 40;
        long before = memory();
        for (int number = 0; number < clients; number++) {
            RawConnection connection = number % 2 == 0 ? tcp(server) : unix(server);
            connection.get(TARGET, "").readHead();
            connection.readBytes(1000);
        }
        assertAnswersOthers(server);
        assertThat((memory() - before) / clients).isLessThan(2 * MEBIBYTE);
    }

    /** Heap and every kind of memory outside of it, in bytes. */
    private static long memory() {
        System.gc();
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
                + direct
                + Math.max(0, PlatformDependent.usedDirectMemory());
    }

    @ParameterizedTest
    @EnabledOnOs(value = OS.LINUX, disabledReason = "open files are counted in /proc")
    @ValueSource(strings = {"auto", "off"})
    void aClientThatLeavesLeavesNoOpenFile(String sendfile) throws IOException {
        TestServer server = start(sendfile);
        for (int round = 0; round < 10; round++) {
            for (RawConnection connection : List.of(tcp(server), unix(server))) {
                connection.get(TARGET, "").readHead();
                connection.readBytes(MEBIBYTE);
            }
            // These leave before the file is opened, or while it is.
            tcp(server).get(TARGET, "").close();
            unix(server).get(TARGET, "").close();
        }
        assertThat(openFiles()).isPositive();
        for (RawConnection connection : connections) {
            connection.close();
        }
        await().until(() -> openFiles() == 0);
        assertAnswersOthers(server);
    }

    /** How often the image's file is open in this process; the hasher's turn does not count, it ends by itself. */
    private int openFiles() throws IOException {
        Path file = directory.resolve("images").resolve(UUID).resolve("file").toRealPath();
        int count = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.isSymbolicLink(descriptor) && isLinkTo(descriptor, file)) {
                    count++;
                }
            }
        }
        return count;
    }

    private static boolean isLinkTo(Path descriptor, Path file) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file);
        } catch (IOException e) {
            // It was closed meanwhile.
            return false;
        }
    }
}
