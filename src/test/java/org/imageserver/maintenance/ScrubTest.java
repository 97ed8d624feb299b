package org.imageserver.maintenance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.imageserver.TestAccount;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that lose bits on the disk: found, not served, and healed. */
class ScrubTest {
    private static final String SETTINGS =
            "\"verify_streams\": \"off\", \"rescan_seconds\": 0.1, \"metrics_listen\": [\"127.0.0.1:0\"]";

    @TempDir
    private Path directory;

    private static int status(TestServer server, String uuid) {
        return server.getBytes("/images/" + uuid + "/file").statusCode();
    }

    /** Bytes that say that they are gzipped, as the manifest has it. */
    private static byte[] gzipped() {
        byte[] bytes = new byte[1000];
        bytes[0] = 0x1f;
        bytes[1] = (byte) 0x8b;
        bytes[2] = 8;
        return bytes;
    }

    private Damage damage() {
        return new Damage(directory.resolve("images"));
    }

    @Test
    void doesNotServeADamagedFileAnyMore() throws Exception {
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            String damaged = server.images().add(1);
            String good = server.images().add(2);
            server.rescan();
            damage().flip(damaged);
            assertThat(status(server, damaged)).as("nobody knows yet").isEqualTo(200);

            server.server().scrub().pass();

            HttpResponse<String> refused = server.get("/images/" + damaged + "/file");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(TestServer.json(refused).path("message").asText())
                    .contains(damaged, "The file is damaged and not served: its sha1 is ", ", but should be ");
            String dsapi = TestServer.json(server.get("/datasets/" + damaged))
                    .at("/files/0/url")
                    .asText();
            assertThat(server.get(URI.create(dsapi)).statusCode()).isEqualTo(503);
            assertThat(status(server, good)).isEqualTo(200);
            assertThat(server.names("/images")).hasSize(2);
            assertThat(server.get("/images/" + damaged).statusCode()).isEqualTo(200);
            assertThat(server.get(server.watched("/metrics")).body())
                    .contains("imageserver_files{state=\"quarantined\"} 1.0\n", "imageserver_quarantined_files 1.0\n")
                    .contains("imageserver_scrub_pass_files 2.0\n");
            HttpResponse<String> ready = server.get("/readyz");
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(ready.body()).contains("1 damaged, and not served").doesNotContain(damaged);
            TestAccount admin = server.account("boss", Role.ADMIN);
            assertThat(server.get("/status", "Authorization", admin.basic()).body())
                    .contains(damaged + "/file: The file is damaged and not served");
            assertThat(server.get("/i/" + damaged).body()).contains("This image cannot be had at the moment");
            assertThat(server.log().warnings()).anyMatch(line -> line.contains("The file is damaged and not served"));
        }
    }

    @Test
    void remembersWhatIsDamagedOverARestart() throws Exception {
        String uuid = new TestImages(Files.createDirectories(directory.resolve("images"))).add(1);
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            damage().flip(uuid);
            server.server().scrub().pass();
        }
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            assertThat(status(server, uuid)).isEqualTo(503);
        }
    }

    /** As after a restart in the middle of a pass. */
    @Test
    void goesOnWhereItWas() throws Exception {
        TestImages images = new TestImages(Files.createDirectories(directory.resolve("images")));
        String before = images.add(1);
        String after = images.add(5);
        damage().flip(before);
        damage().flip(after);
        Files.createDirectories(directory.resolve("images/.image-server"));
        Files.writeString(
                directory.resolve("images/.image-server/scrub.json"),
                "{\"begun\": \"%s\", \"after\": \"%s\", \"files\": 3}".formatted(Instant.now(), TestImages.uuid(3)));
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            server.server().scrub().pass();
            assertThat(status(server, before)).isEqualTo(200);
            assertThat(status(server, after)).isEqualTo(503);
            assertThat(server.server().scrub().progress().files()).isEqualTo(4);
            server.server().scrub().pass();
            assertThat(status(server, before)).as("in the next pass").isEqualTo(503);
        }
    }

    /** A pass that a stop breaks off is written down, and its next part leaves out what was read. */
    @Test
    void writesDownHowFarItWas() throws Exception {
        TestImages images = new TestImages(Files.createDirectories(directory.resolve("images")));
        for (int number = 1; number <= 3; number++) {
            images.add(number);
        }
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            server.server().scrub().pass();
        }
        assertThat(Files.readString(directory.resolve("images/.image-server/scrub.json")))
                .contains("\"files\":3", "\"damaged\":0", "\"finished\":\"");
    }

    @Test
    void takesTheVerySameBytesOfADamagedImageAndNoOthers() throws Exception {
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            byte[] file = gzipped();
            String uuid = server.images().add(1, file);
            server.rescan();
            String manifest = server.get("/images/" + uuid).body();
            TestAccount admin = server.account("boss", Role.ADMIN);
            assertThat(put(server, admin, uuid, file)).as("it is not damaged").isEqualTo(422);
            damage().flip(uuid);
            server.server().scrub().pass();

            byte[] other = file.clone();
            other[other.length - 1]++;
            assertThat(put(server, admin, uuid, other)).isEqualTo(400);
            assertThat(status(server, uuid)).isEqualTo(503);

            assertThat(put(server, admin, uuid, file)).isEqualTo(200);
            assertThat(server.getBytes("/images/" + uuid + "/file").body()).isEqualTo(file);
            assertThat(server.get("/images/" + uuid).body()).isEqualTo(manifest);
            assertThat(put(server, admin, uuid, file)).as("it is mended").isEqualTo(422);
            assertThat(directory.resolve("images/" + uuid + "/file")).doesNotExist();
        }
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            assertThat(status(server, TestImages.uuid(1))).isEqualTo(200);
        }
    }

    private static int put(TestServer server, TestAccount admin, String uuid, byte[] file) {
        return server.send(
                        "PUT",
                        "/images/" + uuid + "/file?compression=gzip",
                        BodyPublishers.ofByteArray(file),
                        "Authorization",
                        admin.basic())
                .statusCode();
    }

    @Test
    void servesAFileAgainThatWasReplacedByHand() throws Exception {
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            String uuid = server.images().add(1);
            server.rescan();
            Path file = directory.resolve("images/" + uuid + "/file");
            byte[] good = Files.readAllBytes(file);
            damage().flip(uuid);
            server.server().scrub().pass();
            replace(file, new byte[good.length]);
            await().untilAsserted(() -> assertThat(
                            server.get("/images/" + uuid + "/file").body())
                    .contains("its sha1 is " + TestImages.sha1(new byte[good.length])));
            replace(file, good);
            await().until(() -> status(server, uuid) == 200);
        }
    }

    /** As rsync does it: aside, then under its name. */
    private void replace(Path file, byte[] bytes) throws IOException {
        Path aside = Files.write(directory.resolve("images/.aside"), bytes);
        Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** What was mended in place, with its old time, looks the same; a HUP has it read. */
    @Test
    void readsDamagedFilesAgainWhenItIsTold() throws Exception {
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            String uuid = server.images().add(1);
            server.rescan();
            damage().flip(uuid);
            server.server().scrub().pass();
            assertThat(status(server, uuid)).isEqualTo(503);
            damage().flip(uuid);
            server.server().reload();
            await().atMost(Duration.ofSeconds(20)).until(() -> status(server, uuid) == 200);
        }
    }

    /** Such a manifest does not know better than what was read first. */
    @Test
    void findsDamageWhereTheManifestSaysNoSha1() throws Exception {
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            String uuid = server.images()
                    .add(1, manifest -> ((ObjectNode) manifest.path("files").get(0)).remove("sha1"));
            server.rescan();
            await().until(() -> TestServer.json(server.get("/images/" + uuid))
                    .at("/files/0")
                    .has("sha1"));
            damage().flip(uuid);
            server.server().scrub().pass();
            assertThat(status(server, uuid)).isEqualTo(503);
        }
    }

    @Test
    void aNewImageOfTheSameUuidIsServed() throws Exception {
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            String uuid = server.images().add(1);
            server.rescan();
            damage().flip(uuid);
            server.server().scrub().pass();
            TestAccount admin = server.account("boss", Role.ADMIN);
            assertThat(server.send("DELETE", "/images/" + uuid, "Authorization", admin.basic())
                            .statusCode())
                    .isEqualTo(204);
            server.images().add(1);
            server.rescan();
            assertThat(status(server, uuid)).isEqualTo(200);
        }
    }

    private static int iconStatus(TestServer server, String uuid) {
        return server.getBytes("/images/" + uuid + "/icon").statusCode();
    }

    /** Once an icon was read, it is known what it should be. */
    private static void awaitReading(TestServer server, String uuid) {
        await().until(() -> server.getBytes("/images/" + uuid + "/icon")
                .headers()
                .firstValue("content-md5")
                .isPresent());
    }

    @Test
    void doesNotServeADamagedIconAndTakesAnother() throws Exception {
        String uuid;
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            uuid = server.images().add(1);
            Path icon = server.images().put(uuid, "icon.png", "a picture");
            server.rescan();
            awaitReading(server, uuid);
            Damage.flipSomewhere(icon, new Random(1));
            assertThat(iconStatus(server, uuid)).as("nobody knows yet").isEqualTo(200);

            server.server().scrub().pass();

            HttpResponse<String> refused = server.get("/images/" + uuid + "/icon");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(TestServer.json(refused).path("message").asText())
                    .startsWith("the icon of image " + uuid
                            + " cannot be had at the moment. The icon is damaged and not" + " served: its sha1 is ");
            assertThat(status(server, uuid)).as("its file").isEqualTo(200);
            assertThat(server.get(server.watched("/metrics")).body())
                    .contains("imageserver_quarantined_files 1.0\n", "imageserver_scrub_pass_files 2.0\n");
            TestAccount admin = server.account("boss", Role.ADMIN);
            assertThat(server.get("/status", "Authorization", admin.basic()).body())
                    .contains(uuid + "/icon.png: The icon is damaged");
        }
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            assertThat(iconStatus(server, uuid)).as("after a restart").isEqualTo(503);
            TestAccount admin = server.account("boss2", Role.ADMIN);
            assertThat(server.send(
                                    "PUT",
                                    "/images/" + uuid + "/icon",
                                    BodyPublishers.ofString("a picture"),
                                    "Content-Type",
                                    "image/png",
                                    "Authorization",
                                    admin.basic())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(server.get("/images/" + uuid + "/icon").body()).isEqualTo("a picture");
            assertThat(server.get(server.watched("/metrics")).body()).contains("imageserver_quarantined_files 0.0\n");
        }
        assertThat(directory.resolve("images/.image-server/quarantine-" + uuid + ".icon.json"))
                .doesNotExist();
    }

    @Test
    void servesAnIconAgainThatWasReplacedOrTakenAwayByHand() throws Exception {
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            for (int number = 1; number <= 2; number++) {
                String uuid = server.images().add(number);
                Path icon = server.images().put(uuid, "icon.gif", "a picture");
                server.rescan();
                awaitReading(server, uuid);
                Damage.flipSomewhere(icon, new Random(number));
            }
            server.server().scrub().pass();
            assertThat(server.server().catalogue().quarantine().uuids()).hasSize(2);
            replace(directory.resolve("images/" + TestImages.uuid(1) + "/icon.gif"), "another".getBytes(UTF_8));
            Files.delete(directory.resolve("images/" + TestImages.uuid(2) + "/icon.gif"));
            await().until(() -> iconStatus(server, TestImages.uuid(1)) == 200);
            await().until(() -> iconStatus(server, TestImages.uuid(2)) == 404);
            await().until(() -> server.server().catalogue().quarantine().uuids().isEmpty());
        }
    }

    /** Also where a file is damaged beside its icon: each is what it is by itself. */
    @Test
    void findsAllFlipsInIconsAndNothingElse() throws Exception {
        TestImages images = new TestImages(Files.createDirectories(directory.resolve("images")));
        Set<String> all = new TreeSet<>();
        for (int number = 1; number <= 30; number++) {
            all.add(images.add(number));
        }
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            for (long seed = 1; seed <= 10; seed++) {
                Random random = new Random(seed);
                Set<String> damaged = new TreeSet<>();
                for (String uuid : all) {
                    images.put(uuid, "icon.png", "icon " + seed + " of " + uuid);
                }
                server.rescan();
                all.forEach(uuid -> awaitReading(server, uuid));
                for (String uuid : all) {
                    if (random.nextBoolean()) {
                        damaged.add(uuid);
                        Damage.flipSomewhere(images.directory().resolve(uuid).resolve("icon.png"), random);
                    }
                }
                server.server().scrub().pass();
                Set<String> refused = new TreeSet<>(all);
                refused.removeIf(uuid -> iconStatus(server, uuid) == 200);
                assertThat(refused).as("seed " + seed).isEqualTo(damaged);
                assertThat(all).allMatch(uuid -> status(server, uuid) == 200);
            }
        }
    }

    @Test
    void findsAllDamageAndNothingElse() throws Exception {
        TestImages images = new TestImages(Files.createDirectories(directory.resolve("images")));
        for (long seed = 1; seed <= 10; seed++) {
            Damage damage = new Damage(images.directory());
            Set<String> all = new TreeSet<>();
            for (int number = 1; number <= 30; number++) {
                all.add(images.add(number));
            }
            try (TestServer server = TestServer.start(directory, SETTINGS)) {
                Set<String> damaged = damage.atRandom(seed, all);
                server.rescan();
                server.server().scrub().pass();
                Set<String> refused = new TreeSet<>();
                for (String uuid : all) {
                    if (status(server, uuid) != 200) {
                        refused.add(uuid);
                    }
                }
                assertThat(refused).as("seed " + seed).isEqualTo(damaged);
                damage.mendAll();
                server.rescan();
                server.server().scrub().recheck();
                assertThat(all).as("seed " + seed).allMatch(uuid -> status(server, uuid) == 200);
            }
        }
    }

    /** Somebody has edited what is remembered, or a disk has; each of these is worth a line, and no more. */
    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{\"a", "{\"x\": null}", "{\"x\": {}}"})
    void startsWhateverIsRemembered(String remembered) throws Exception {
        TestImages images = new TestImages(Files.createDirectories(directory.resolve("images")));
        String damaged = images.add(1);
        String good = images.add(2);
        Path hidden = Files.createDirectories(directory.resolve("images/.image-server"));
        for (String name : List.of(
                "scrub.json",
                "quarantine-" + damaged + ".json",
                "digests.json",
                "statistics.json",
                "on-demand.json",
                "provenance-" + good + ".json")) {
            Files.writeString(hidden.resolve(name), remembered.replace("\"x\"", "\"" + good + "/file\""));
        }
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            assertThat(status(server, damaged)).isEqualTo(503);
            assertThat(status(server, good)).isEqualTo(200);
            server.server().scrub().pass();
            assertThat(status(server, damaged)).as("it was read, and is right").isEqualTo(200);
        }
    }

    /** A pass of which the server believes that it is to come, or that it never ended. */
    @Test
    void aClockThatWasSetBackStopsNothingAndHurriesNothing() throws Exception {
        TestImages images = new TestImages(Files.createDirectories(directory.resolve("images")));
        images.add(1);
        Path remembered = Files.createDirectories(directory.resolve("images/.image-server"))
                .resolve("scrub.json");
        Instant future = Instant.now().plus(Duration.ofDays(365));
        // The pass ended in the future; the pass began in the future, and the clock was right when it ended.
        for (String times : List.of(
                "\"begun\": \"%s\", \"finished\": \"%s\"".formatted(future, future.plusSeconds(60)),
                "\"begun\": \"%s\"".formatted(future))) {
            Files.writeString(remembered, "{" + times + ", \"after\": \"\"}");
            try (TestServer server = TestServer.start(directory, SETTINGS)) {
                assertThat(server.server().scrub().isDue()).isTrue();
                server.server().scrub().pass();
                assertThat(server.server().scrub().isDue()).isFalse();
            }
            try (TestServer server = TestServer.start(directory, SETTINGS)) {
                assertThat(server.server().scrub().isDue()).isFalse();
            }
        }
    }
}
