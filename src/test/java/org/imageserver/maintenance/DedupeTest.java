package org.imageserver.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.imageserver.TestServer;
import org.imageserver.catalogue.Image;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Identical files are stored once, and each image is still its own. */
class DedupeTest {
    private static final String SETTINGS =
            "\"verify_streams\": \"off\", \"anonymous_writes\": true, \"rescan_seconds\": 0.1,"
                    + " \"metrics_listen\": [\"127.0.0.1:0\"]";
    private static final int SIZE = 600_000;
    private static final byte[] BYTES = bytes(1);

    @TempDir
    private Path directory;

    private static byte[] bytes(int seed) {
        byte[] bytes = new byte[SIZE];
        new Random(seed).nextBytes(bytes);
        bytes[0] = 'x';
        return bytes;
    }

    private static String publish(TestServer server, byte[] bytes) {
        HttpResponse<String> answer = server.send(
                "POST", "/publish?name=same&version=1&type=other&os=other", BodyPublishers.ofByteArray(bytes));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestServer.json(answer).path("uuid").asText();
    }

    private static byte[] file(TestServer server, String uuid) {
        return server.getBytes("/images/" + uuid + "/file").body();
    }

    private static int status(TestServer server, String uuid) {
        return server.getBytes("/images/" + uuid + "/file").statusCode();
    }

    /** The digests are made in the background. */
    private static void awaitReading(TestServer server, String... uuids) {
        for (String uuid : uuids) {
            await().until(() -> server.getBytes("/images/" + uuid + "/file")
                    .headers()
                    .firstValue("content-md5")
                    .isPresent());
        }
    }

    private static Path path(TestServer server, String uuid) {
        Image image = server.server().catalogue().snapshot().own(uuid).orElseThrow();
        return server.images()
                .directory()
                .resolve(image.file().orElseThrow().blob().key().value());
    }

    private static Object inode(TestServer server, String uuid) throws IOException {
        return Files.getAttribute(path(server, uuid), "unix:ino");
    }

    private static long fileBytes(TestServer server) {
        Matcher line = Pattern.compile("(?m)^imageserver_file_bytes (\\S+)$")
                .matcher(server.get(server.watched("/metrics")).body());
        assertThat(line.find()).isTrue();
        return (long) Double.parseDouble(line.group(1));
    }

    @Test
    void storesIdenticalFilesOnceAndOthersByThemselves() throws Exception {
        String first;
        String second;
        String third;
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            first = publish(server, BYTES);
            second = publish(server, BYTES);
            third = publish(server, BYTES);
            String other = publish(server, bytes(2));
            awaitReading(server, first, second, third, other);
            String manifest = server.get("/images/" + second).body();
            assertThat(fileBytes(server)).isEqualTo(4L * SIZE);

            assertThat(server.server().dedupe().pass()).isEqualTo(2L * SIZE);

            assertThat(List.of(inode(server, second), inode(server, third)))
                    .containsOnly(inode(server, first))
                    .doesNotContain(inode(server, other));
            for (String uuid : List.of(first, second, third)) {
                assertThat(file(server, uuid)).isEqualTo(BYTES);
            }
            assertThat(file(server, other)).isEqualTo(bytes(2));
            assertThat(server.get("/images/" + second).body()).isEqualTo(manifest);
            assertThat(fileBytes(server)).isEqualTo(2L * SIZE);
            assertThat(directory.resolve("images/.image-server/pending")).isEmptyDirectory();
            assertThat(server.server().dedupe().pass()).as("once more").isZero();

            assertThat(server.send("DELETE", "/images/" + first).statusCode()).isEqualTo(204);
            assertThat(file(server, second)).isEqualTo(BYTES);
        }
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            assertThat(file(server, third)).isEqualTo(BYTES);
            assertThat(inode(server, third)).isEqualTo(inode(server, second));
        }
    }

    /** He may write into it at any time. */
    @Test
    void leavesAloneWhatAnOperatorPutThere() throws Exception {
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            String byHand = server.images().add(1, BYTES);
            String alsoByHand = server.images().add(2, BYTES);
            server.rescan();
            String received = publish(server, BYTES);
            awaitReading(server, byHand, alsoByHand, received);
            assertThat(server.server().dedupe().pass()).isZero();
            assertThat(List.of(inode(server, byHand), inode(server, alsoByHand), inode(server, received)))
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void whatIsDamagedIsDamagedForAllAndHealedForAll() throws Exception {
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            String first = publish(server, BYTES);
            String second = publish(server, BYTES);
            String other = publish(server, bytes(2));
            awaitReading(server, first, second, other);
            server.server().dedupe().pass();
            Damage.flipSomewhere(path(server, second), new Random(1));

            Image one = server.server().catalogue().snapshot().own(first).orElseThrow();
            assertThat(server.server().scrub().check(one, read -> {})).hasSize(1);

            assertThat(status(server, first)).isEqualTo(503);
            assertThat(status(server, second)).as("the same bytes").isEqualTo(503);
            assertThat(status(server, other)).isEqualTo(200);

            HttpResponse<String> healed = server.send(
                    "PUT", "/images/" + second + "/file?compression=none", BodyPublishers.ofByteArray(BYTES));
            assertThat(healed.statusCode()).as(healed.body()).isEqualTo(200);
            assertThat(file(server, second)).isEqualTo(BYTES);
            assertThat(file(server, first)).as("healed with it").isEqualTo(BYTES);
            assertThat(inode(server, first)).isEqualTo(inode(server, second));
            server.server().scrub().pass();
            assertThat(server.server().catalogue().quarantine().uuids()).isEmpty();
        }
    }

    /** The digests are of another day: the good copy must not be given up for a bad one. */
    @Test
    void doesNotTrustDigestsAlone() throws Exception {
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            String first = publish(server, BYTES);
            String second = publish(server, BYTES);
            awaitReading(server, first, second);
            Damage.flipSomewhere(path(server, first), new Random(1));
            assertThat(server.server().dedupe().pass()).isZero();
            assertThat(inode(server, first)).isNotEqualTo(inode(server, second));
            assertThat(server.log().warnings()).anyMatch(line -> line.contains("one of them is damaged"));
            server.server().scrub().pass();
            assertThat(file(server, first)).as("mended by the good one").isEqualTo(BYTES);
            assertThat(file(server, second)).isEqualTo(BYTES);
        }
    }

    @Test
    void nobodyNoticesWhileManyPublishReadAndDeleteTheSameBytes() throws Exception {
        try (TestServer server = TestServer.start(directory, SETTINGS);
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            String steady = publish(server, BYTES);
            AtomicBoolean isOver = new AtomicBoolean();
            Future<Long> deduping = threads.submit(() -> {
                long freed = 0;
                while (!isOver.get()) {
                    freed += server.server().dedupe().pass();
                }
                return freed;
            });
            List<Future<?>> readers = new ArrayList<>();
            for (int reader = 0; reader < 2; reader++) {
                readers.add(threads.submit(() -> {
                    while (!isOver.get()) {
                        for (JsonNode image : TestServer.json(server.get("/images"))) {
                            readWhole(server, image.path("uuid").asText());
                        }
                    }
                }));
            }
            List<Future<List<String>>> publishers = new ArrayList<>();
            for (int publisher = 0; publisher < 4; publisher++) {
                publishers.add(threads.submit(() -> publishAndDelete(server)));
            }
            List<String> left = new ArrayList<>(List.of(steady));
            for (Future<List<String>> publisher : publishers) {
                left.addAll(publisher.get());
            }
            isOver.set(true);
            for (Future<?> reader : readers) {
                reader.get();
            }
            long freed = deduping.get();
            awaitReading(server, left.toArray(String[]::new));
            freed += server.server().dedupe().pass();
            assertThat(freed).isPositive();
            Object inode = inode(server, steady);
            for (String uuid : left) {
                assertThat(inode(server, uuid)).isEqualTo(inode);
                assertThat(file(server, uuid)).isEqualTo(BYTES);
            }
            assertThat((Integer) Files.getAttribute(path(server, steady), "unix:nlink"))
                    .isEqualTo(left.size());
        }
    }

    /** It may be deleted meanwhile; nothing else can be wrong with it. */
    private static void readWhole(TestServer server, String uuid) {
        HttpResponse<byte[]> answer = server.getBytes("/images/" + uuid + "/file");
        if (answer.statusCode() != 404) {
            boolean isRight = answer.statusCode() == 200 && Arrays.equals(answer.body(), BYTES);
            boolean isGone = server.get("/images/" + uuid).statusCode() == 404;
            assertThat(isRight || isGone)
                    .as("%s: %s", uuid, answer.statusCode())
                    .isTrue();
        }
    }

    private static List<String> publishAndDelete(TestServer server) {
        List<String> left = new ArrayList<>();
        for (int number = 0; number < 12; number++) {
            String uuid = publish(server, BYTES);
            awaitReading(server, uuid);
            left.add(uuid);
            if (number % 3 == 2) {
                String gone = left.remove(number % left.size());
                assertThat(server.send("DELETE", "/images/" + gone).statusCode())
                        .isEqualTo(204);
            }
        }
        return left;
    }

    @Test
    void aPassFindsAllImagesOfADamagedFileAndNoOthers() throws Exception {
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            List<String> all = new ArrayList<>();
            for (int number = 0; number < 12; number++) {
                all.add(publish(server, bytes(number % 3)));
            }
            awaitReading(server, all.toArray(String[]::new));
            server.server().dedupe().pass();
            Damage.flipSomewhere(path(server, all.get(4)), new Random(7));
            server.server().scrub().pass();
            for (int number = 0; number < 12; number++) {
                assertThat(status(server, all.get(number))).isEqualTo(number % 3 == 1 ? 503 : 200);
            }
        }
    }
}
