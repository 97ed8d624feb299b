package org.imageserver.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.imageserver.storage.objects.TestBuckets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects that lose bits in the store: found, not served, and mended by the copy that a server has. */
class DamagedObjectTest {
    private static final byte[] FILE = TwoServersTest.bytes(100_000);

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

    @BeforeEach
    void needsAStoreWhoseDiskIsHere() {
        assumeTrue(buckets.own().isPresent(), "objects can be damaged in a store of our own alone");
    }

    private static void damageObject() throws IOException {
        try (Stream<Path> all = Files.walk(objects)) {
            List<Path> found = all.filter(
                            path -> path.toFile().isFile() && path.toFile().length() == FILE.length)
                    .toList();
            assertThat(found).hasSize(1);
            byte[] bytes = Files.readAllBytes(found.getFirst());
            bytes[1000] ^= 1;
            Files.write(found.getFirst(), bytes);
        }
    }

    @Test
    void theCopyMendsTheObject() throws Exception {
        try (Site site = Site.start(directory, buckets, 2)) {
            String uuid = site.publish(0, "a", FILE);
            site.awaitCopy(0, uuid);
            damageObject();

            site.forgive("is damaged: it does not have the checksums that it was stored with");
            assertThat(status(site, 1, uuid)).as("it has no copy").isEqualTo(503);
            await().untilAsserted(() -> assertThat(
                            site.server(1).get("/images/" + uuid + "/file").body())
                    .contains("its sha1 is"));
            assertThat(site.server(0).getBytes("/images/" + uuid + "/file").body())
                    .isEqualTo(FILE);

            site.server(0).server().scrub().pass();
            assertThat(site.server(0).server().scrub().progress().damaged()).isOne();
            assertThat(site.server(0).getBytes("/images/" + uuid + "/file").body())
                    .isEqualTo(FILE);
            site.server(1).server().catalogue().rescan();
            site.server(1).server().scrub().recheck();
            assertThat(site.server(1).getBytes("/images/" + uuid + "/file").body())
                    .isEqualTo(FILE);
        }
    }

    private static int status(Site site, int server, String uuid) {
        return site.server(server).getBytes("/images/" + uuid + "/file").statusCode();
    }
}
