package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.imageserver.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What requests cost in memory, which no clock disturbs: how much the server's own threads allocate on the heap. An
 * answer that is copied on its way shows here, and one day in the latency.
 */
class CostOfRequestsTest {
    private static final int KIBIBYTE = 1024;
    private static final int IMAGES = 300;
    private static final int WARM_UP = 20;
    private static final int REQUESTS = 25;
    private static final int FILE = 2 * KIBIBYTE * KIBIBYTE;

    @TempDir
    private Path directory;

    @Test
    void theWholeListIsSentWithoutACopy() {
        try (TestServer server = TestServer.start(directory)) {
            for (int image = 1; image <= IMAGES; image++) {
                server.images().add(image, manifest -> manifest.put("description", "x".repeat(KIBIBYTE)));
            }
            server.rescan();
            assertThat(server.get("/images").body()).hasSizeGreaterThan(IMAGES * KIBIBYTE);

            assertThat(allocatedBy(server, "/images")).isLessThan(24 * KIBIBYTE);
            assertThat(allocatedBy(server, "/images", "Accept-Encoding", "gzip"))
                    .isLessThan(24 * KIBIBYTE);
        }
    }

    @Test
    void aFileNeverPassesThroughTheHeap() throws Exception {
        long sent = allocatedForFile("on");
        assertThat(sent).isLessThan(64 * KIBIBYTE);
        assertThat(allocatedForFile("off"))
                .as("the way with a copy, to see that this test sees it")
                .isGreaterThan(4 * sent);
    }

    private long allocatedForFile(String sendfile) throws Exception {
        Path own = Files.createDirectories(directory.resolve(sendfile));
        try (TestServer server = TestServer.start(own, "\"sendfile\": \"" + sendfile + "\"")) {
            String uuid = server.images().add(1, new byte[FILE]);
            server.rescan();
            assertThat(server.getBytes("/images/" + uuid + "/file").body()).hasSize(FILE);
            return allocatedBy(server, "/images/" + uuid + "/file");
        }
    }

    /** Bytes that the server's threads allocate for one request, on average. */
    private static long allocatedBy(TestServer server, String target, String... headers) {
        for (int request = 0; request < WARM_UP; request++) {
            server.getBytes(target, headers);
        }
        long before = TestServer.allocated();
        for (int request = 0; request < REQUESTS; request++) {
            server.getBytes(target, headers);
        }
        return (TestServer.allocated() - before) / REQUESTS;
    }
}
