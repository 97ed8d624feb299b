package org.imageserver.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.imageserver.TestServer;
import org.imageserver.mirror.FaultyUpstream;
import org.imageserver.storage.objects.TestBuckets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers on one bucket that bring images of a source here when somebody asks. */
@Timeout(60)
class SharedPullTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    static Path objects;

    private static TestBuckets buckets;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startStore() throws IOException {
        buckets = TestBuckets.start(objects);
    }

    @AfterAll
    static void stopStore() {
        buckets.close();
    }

    private static byte[] bytes() {
        byte[] bytes = new byte[2_000_000];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static byte[] download(TestServer server, String uuid) {
        return server.getBytes("/images/" + uuid + "/file").body();
    }

    @Test
    void twoThatAreAskedAtTheSameMomentServeBothAndPublishOne() throws Exception {
        try (FaultyUpstream upstream = new FaultyUpstream()) {
            String uuid = upstream.add(1, "base", bytes());
            String sources = "\"sources\": [{\"url\": \"" + upstream.url() + "\", \"policy\": \"on-demand\"}],";
            try (Site site = Site.start(directory, buckets, 2, sources)) {
                for (int number = 0; number < 2; number++) {
                    TestServer server = site.server(number);
                    await().atMost(SOON).until(() -> server.names("/images").contains("base"));
                }
                upstream.holdAt(1_500_000);
                CompletableFuture<byte[]> first = CompletableFuture.supplyAsync(() -> download(site.server(0), uuid));
                CompletableFuture<byte[]> second = CompletableFuture.supplyAsync(() -> download(site.server(1), uuid));
                await().atMost(SOON).until(() -> upstream.fetches(uuid) == 2);
                upstream.goOn();
                assertThat(first.get()).isEqualTo(bytes());
                assertThat(second.get()).isEqualTo(bytes());
                for (int number = 0; number < 2; number++) {
                    TestServer server = site.server(number);
                    await().atMost(SOON)
                            .until(() -> server.server()
                                    .catalogue()
                                    .snapshot()
                                    .own(uuid)
                                    .isPresent());
                    assertThat(download(server, uuid)).isEqualTo(bytes());
                }
                assertThat(upstream.fetches(uuid)).isEqualTo(2);
            }
        }
    }

    @Test
    void whatOneHasBroughtIsNotFetchedByTheOther() throws Exception {
        try (FaultyUpstream upstream = new FaultyUpstream()) {
            String uuid = upstream.add(1, "base", bytes());
            String sources = "\"sources\": [{\"url\": \"" + upstream.url() + "\", \"policy\": \"on-demand\"}],";
            try (Site site = Site.start(directory, buckets, 2, sources)) {
                TestServer server = site.server(0);
                await().atMost(SOON).until(() -> server.names("/images").contains("base"));
                assertThat(download(server, uuid)).isEqualTo(bytes());
                assertThat(download(site.server(1), uuid)).isEqualTo(bytes());
                assertThat(upstream.fetches(uuid)).isOne();
            }
        }
    }
}
