package org.imageserver.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.imageserver.Policies;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Role;
import org.imageserver.catalogue.Trash;
import org.imageserver.config.Settings;
import org.imageserver.retention.DailyRetention;
import org.imageserver.retention.Plan;
import org.imageserver.retention.Pulls;
import org.imageserver.retention.Retention;
import org.imageserver.storage.LocalStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which images go by the rules, that they can be had back, and that nothing is lost on the way. */
class RetentionTest {
    private final Instant now = Instant.now();

    @TempDir
    private Path directory;

    private final Map<String, Instant> pulled = new HashMap<>();
    private Optional<Instant> countedSince = Optional.of(daysAgo(365));

    private Instant daysAgo(int days) {
        return now.minus(Duration.ofDays(days));
    }

    private TestServer server(String rules) {
        return TestServer.start(
                directory, "\"verify_streams\": \"off\", \"rescan_seconds\": 0.1, \"retention\": " + rules);
    }

    private Settings settings() throws Exception {
        return Settings.read(directory.resolve("config.json"), Settings.Overrides.NONE);
    }

    private Trash trash() throws Exception {
        return new Trash(new LocalStorage(directory.resolve("images")), Policies.ofImages(settings()));
    }

    private Retention retention(TestServer server) throws Exception {
        server.rescan();
        return new Retention(settings(), server.server().catalogue(), trash(), new Counted(), () -> now);
    }

    /** What the test says was downloaded. */
    private final class Counted implements Pulls {
        @Override
        public Optional<Instant> since() {
            return countedSince;
        }

        @Override
        public Optional<Instant> last(String uuid) {
            return Optional.ofNullable(pulled.get(uuid));
        }
    }

    private static List<String> uuids(Plan plan) {
        return plan.going().stream().map(going -> going.image().uuid()).toList();
    }

    private String add(TestServer server, int number, String name, Instant published, String... origin) {
        Consumer<ObjectNode> change = manifest -> {
            manifest.put("name", name).put("published_at", published.toString());
            if (origin.length > 0) {
                manifest.put("origin", origin[0]);
            }
        };
        return server.images().add(number, change);
    }

    @Test
    void keepsTheNewestOfEachName() throws Exception {
        try (TestServer server = server("[{\"name\": \"~base\", \"keep_newest\": 2}]")) {
            String oldest = add(server, 1, "my-base", daysAgo(40));
            add(server, 2, "my-base", daysAgo(30));
            add(server, 3, "my-base", daysAgo(20));
            add(server, 4, "base", daysAgo(50));
            add(server, 5, "other", daysAgo(60));
            add(server, 6, "other", daysAgo(61));
            add(server, 7, "other", daysAgo(62));
            assertThat(uuids(retention(server).plan())).containsExactly(oldest);
        }
    }

    @Test
    void leavesWhatSomebodyHasPutIntoAChannel() throws Exception {
        String channels = "[{\"name\": \"dev\", \"description\": \"\", \"default\": true},"
                + " {\"name\": \"release\", \"description\": \"\"}]";
        try (TestServer server = server("[{\"keep_newest\": 1}], \"channels\": " + channels)) {
            String unreleased = add(server, 1, "a", daysAgo(40));
            for (int number = 2; number <= 3; number++) {
                Instant published = daysAgo(50 - number);
                String channel = number == 2 ? "release" : "dev";
                server.images()
                        .add(
                                number,
                                manifest -> manifest.put("name", "a")
                                        .put("published_at", published.toString())
                                        .putArray("channels")
                                        .add(channel));
            }
            add(server, 4, "a", daysAgo(1));
            assertThat(uuids(retention(server).plan())).containsExactlyInAnyOrder(unreleased, TestImages.uuid(3));
        }
    }

    @Test
    void whatARuleAsksForMustHoldTogether() throws Exception {
        try (TestServer server = server("[{\"keep_newest\": 1, \"not_pulled_for_days\": 90}]")) {
            String unused = add(server, 1, "a", daysAgo(200));
            String used = add(server, 2, "a", daysAgo(190));
            add(server, 3, "a", daysAgo(80));
            add(server, 4, "a", daysAgo(10));
            pulled.put(unused, daysAgo(91));
            pulled.put(used, daysAgo(89));
            Plan plan = retention(server).plan();
            assertThat(uuids(plan)).containsExactly(unused);
            assertThat(plan.going().getFirst().why())
                    .isEqualTo("not of the newest 1 of its name, not downloaded for 90 days");
            assertThat(plan.bytes()).isEqualTo(("bytes of " + unused).length());
        }
    }

    @Test
    void takesNothingForNotBeingDownloadedWhenThatIsNotKnown() throws Exception {
        try (TestServer server = server("[{\"not_pulled_for_days\": 90}]")) {
            String uuid = add(server, 1, "a", daysAgo(200));
            for (Optional<Instant> since : List.of(Optional.<Instant>empty(), Optional.of(daysAgo(89)))) {
                countedSince = since;
                Plan plan = retention(server).plan();
                assertThat(plan.going()).isEmpty();
                assertThat(plan.notes()).singleElement().asString().contains("no image goes for not being downloaded");
            }
            countedSince = Optional.of(daysAgo(91));
            assertThat(uuids(retention(server).plan())).containsExactly(uuid);
        }
    }

    @Test
    void takesWhatWasNeverActivated() throws Exception {
        try (TestServer server = server("[{\"unpublished_after_days\": 7}]")) {
            String old = server.images().add(1, RetentionTest::unactivated);
            server.images().add(2, RetentionTest::unactivated);
            add(server, 3, "active", daysAgo(300));
            for (String name : List.of("file", "manifest.json")) {
                Files.setLastModifiedTime(directory.resolve("images/" + old + "/" + name), FileTime.from(daysAgo(8)));
            }
            assertThat(uuids(retention(server).plan())).containsExactly(old);
        }
    }

    private static void unactivated(ObjectNode manifest) {
        manifest.put("state", "unactivated").remove("published_at");
    }

    /** 1 <- 2 <- 3, where 3 is new; 4 <- 5, which both may go; 6 is pinned and needs 7. */
    @Test
    void neverTakesWhatOthersAreBuiltOnOrWhatIsPinned() throws Exception {
        try (TestServer server = server("[{\"not_pulled_for_days\": 90}]")) {
            String first = add(server, 1, "a", daysAgo(300));
            String second = add(server, 2, "b", daysAgo(299), first);
            add(server, 3, "c", daysAgo(1), second);
            String origin = add(server, 4, "d", daysAgo(300));
            String built = add(server, 5, "e", daysAgo(298), origin);
            String needed = add(server, 7, "g", daysAgo(300));
            server.images().add(6, manifest -> {
                manifest.put("published_at", daysAgo(297).toString()).put("origin", needed);
                manifest.putObject("tags").put("pinned", true);
            });
            Retention retention = retention(server);
            Plan plan = retention.plan();
            assertThat(uuids(plan)).as("what is built on another goes first").containsExactly(built, origin);
            assertThat(retention.run(plan, new Told())).isTrue();
            assertThat(server.names("/images")).containsExactlyInAnyOrder("a", "b", "c", "g", "image-00000006");
        }
    }

    /** Somebody builds on an image after the plan was made. */
    @Test
    void asksAgainWhenAnImageIsAboutToGo() throws Exception {
        try (TestServer server = server("[{\"not_pulled_for_days\": 90}]")) {
            String uuid = add(server, 1, "a", daysAgo(300));
            Retention retention = retention(server);
            Plan plan = retention.plan();
            add(server, 2, "b", daysAgo(1), uuid);
            server.rescan();
            Told told = new Told();
            assertThat(retention.run(plan, told)).isFalse();
            assertThat(told.lines).singleElement().asString().contains("has 1 dependent incremental image(s)");
            assertThat(server.getBytes("/images/" + uuid + "/file").statusCode())
                    .isEqualTo(200);
        }
    }

    private static class Told implements Retention.Watcher {
        final List<String> lines = new ArrayList<>();

        @Override
        public void gone(Plan.Going image) {
            lines.add(image.image().uuid());
        }

        @Override
        public void failed(Plan.Going image, String why) {
            lines.add(why);
        }
    }

    private static final Principal.Account OPERATOR =
            new Principal.Account("operator", "00000000-0000-0000-0000-000000000000", Role.ADMIN);

    private void throwAway(TestServer server) throws Exception {
        Retention retention = retention(server);
        assertThat(retention.run(retention.plan(), new Told())).isTrue();
    }

    @Test
    void whatWentCanBeHadBackUntilTheTrashIsEmptied() throws Exception {
        try (TestServer server = server("[{\"not_pulled_for_days\": 90}]")) {
            String uuid = add(server, 1, "a", daysAgo(300));
            server.images().put(uuid, "icon.png", new byte[10]);
            server.rescan();
            byte[] manifest = Files.readAllBytes(directory.resolve("images/" + uuid + "/manifest.json"));
            byte[] file = server.getBytes("/images/" + uuid + "/file").body();
            throwAway(server);
            assertThat(server.get("/images/" + uuid).statusCode()).isEqualTo(404);
            assertThat(directory.resolve("images/" + uuid)).doesNotExist();
            assertThat(trash().list()).singleElement().satisfies(thrown -> {
                assertThat(thrown.name()).isEqualTo("a");
                assertThat(thrown.why()).isEqualTo("not downloaded for 90 days");
                assertThat(thrown.bytes()).isGreaterThanOrEqualTo(file.length);
            });

            server.server().catalogue().remover().restore(OPERATOR, uuid, trash());
            assertThat(server.getBytes("/images/" + uuid + "/file").body()).isEqualTo(file);
            assertThat(server.getBytes("/images/" + uuid + "/icon").statusCode())
                    .isEqualTo(200);
            assertThat(directory.resolve("images/" + uuid + "/manifest.json")).hasBinaryContent(manifest);
            assertThat(trash().list()).isEmpty();
            assertThat(directory.resolve("images/.image-server/trash/" + uuid)).doesNotExist();

            throwAway(server);
            assertThat(trash().empty(Instant.now().minus(Duration.ofDays(7)))).isEmpty();
            assertThat(trash().empty(Instant.MAX)).hasSize(1);
            assertThatThrownBy(() -> server.server().catalogue().remover().restore(OPERATOR, uuid, trash()))
                    .hasMessageContaining("is not in the trash");
            assertThat(directory.resolve("images/.image-server/trash/" + uuid)).doesNotExist();
        }
    }

    @Test
    void restoresNothingThatCouldNotBePublished() throws Exception {
        try (TestServer server = server("[{\"not_pulled_for_days\": 90}]")) {
            String origin = add(server, 1, "a", daysAgo(300));
            String built = add(server, 2, "b", daysAgo(299), origin);
            throwAway(server);
            assertThatThrownBy(() -> server.server().catalogue().remover().restore(OPERATOR, built, trash()))
                    .hasMessageContaining("origin image \"" + origin + "\" does not exist");
            server.images().add(1, manifest -> manifest.put("name", "another"));
            server.rescan();
            assertThatThrownBy(() -> server.server().catalogue().remover().restore(OPERATOR, origin, trash()))
                    .hasMessageContaining("already exists");
            assertThat(server.names("/images")).containsExactly("another");
            server.server().catalogue().remover().restore(OPERATOR, built, trash());
            assertThat(server.names("/images")).containsExactlyInAnyOrder("another", "b");
            assertThat(trash().list()).extracting(Trash.Thrown::uuid).containsExactly(origin);
        }
    }

    /** A crash may come between any two steps; wherever the manifest is, the rest follows it. */
    @Test
    void aCrashOnTheWayLosesNothing() throws Exception {
        TestImages images = new TestImages(Files.createDirectories(directory.resolve("images")));
        String going = images.add(1);
        String comingHalf = images.add(2);
        String cameAlmost = images.add(3);
        Path bin = directory.resolve("images/.image-server/trash");
        // Going: the manifest has gone, its file has not.
        move(going, "manifest.json", bin);
        // Coming: the file is back, the manifest is not.
        move(comingHalf, "manifest.json", bin);
        // Came: only the trash's own copy of the manifest is left.
        Files.createDirectories(bin.resolve(cameAlmost));
        Files.copy(
                images.directory().resolve(cameAlmost + "/manifest.json"), bin.resolve(cameAlmost + "/manifest.json"));
        // Begun, and nothing was moved.
        Files.createDirectories(bin.resolve(TestImages.uuid(4)));
        Files.writeString(bin.resolve(TestImages.uuid(4) + "/thrown-away.json"), "{}");
        try (TestServer server = server("[]")) {
            assertThat(server.names("/images")).containsExactly("image-00000003");
            trash().tidy();
            assertThat(trash().list()).extracting(Trash.Thrown::uuid).containsExactlyInAnyOrder(going, comingHalf);
            assertThat(bin.resolve(TestImages.uuid(4))).doesNotExist();
            for (String uuid : List.of(going, comingHalf)) {
                assertThat(bin.resolve(uuid + "/file")).exists();
                server.server().catalogue().remover().restore(OPERATOR, uuid, trash());
                assertThat(server.getBytes("/images/" + uuid + "/file").statusCode())
                        .isEqualTo(200);
            }
            assertThat(server.getBytes("/images/" + cameAlmost + "/file").statusCode())
                    .isEqualTo(200);
        }
    }

    private void move(String uuid, String name, Path bin) throws IOException {
        Files.createDirectories(bin.resolve(uuid));
        Files.move(directory.resolve("images/" + uuid + "/" + name), bin.resolve(uuid + "/" + name));
    }

    /** Whatever became of it in the trash: its bytes are no better than they were. */
    @Test
    void whatWasDamagedIsStillNotServedWhenItComesBack() throws Exception {
        try (TestServer server = server("[{\"not_pulled_for_days\": 90}]")) {
            String uuid = add(server, 1, "a", daysAgo(300));
            server.rescan();
            new Damage(directory.resolve("images")).flip(uuid);
            server.server().scrub().pass();
            assertThat(server.get("/images/" + uuid + "/file").statusCode()).isEqualTo(503);
            throwAway(server);
            assertThat(server.get("/readyz").body()).contains("none is known to be damaged");

            server.server().catalogue().remover().restore(OPERATOR, uuid, trash());

            assertThat(server.get("/images/" + uuid + "/file").statusCode()).isEqualTo(503);
            server.rescan();
            assertThat(server.get("/images/" + uuid + "/file").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void anImageWhoseManifestIsBrokenInTheTrashIsNotLost() throws Exception {
        try (TestServer server = server("[{\"not_pulled_for_days\": 90}]")) {
            String uuid = add(server, 1, "a", daysAgo(300));
            throwAway(server);
            Path manifest = directory.resolve("images/.image-server/trash/" + uuid + "/manifest.json");
            byte[] right = Files.readAllBytes(manifest);
            Files.writeString(manifest, "{");
            for (String note : List.of("", "null", "{\"at\": \"yesterday\"}")) {
                Files.writeString(manifest.resolveSibling("thrown-away.json"), note);
                trash().tidy();
                assertThat(trash().list())
                        .singleElement()
                        .satisfies(thrown -> assertThat(thrown.uuid()).isEqualTo(uuid));
            }
            assertThat(server.log().warnings()).anyMatch(line -> line.contains(uuid) && line.contains("is broken"));
            assertThatThrownBy(() -> server.server().catalogue().remover().restore(OPERATOR, uuid, trash()))
                    .hasMessageContaining("no manifest that can be read");

            Files.write(manifest, right);
            server.server().catalogue().remover().restore(OPERATOR, uuid, trash());
            assertThat(server.get("/images/" + uuid + "/file").statusCode()).isEqualTo(200);
        }
    }

    /** Nothing can be written, as on a full disk, while files can still be moved. */
    @Test
    void whatCannotComeBackStaysInTheTrashWhole() throws Exception {
        try (TestServer server = server("[{\"not_pulled_for_days\": 90}]")) {
            String uuid = add(server, 1, "a", daysAgo(300));
            throwAway(server);
            Path inTheWay = directory.resolve("images/.image-server/pending");
            Path thrown = directory.resolve("images/.image-server/trash/" + uuid);
            moveAway(inTheWay);

            assertThatThrownBy(() -> server.server().catalogue().remover().restore(OPERATOR, uuid, trash()))
                    .isInstanceOf(IOException.class);

            assertThat(thrown.resolve("file")).exists();
            assertThat(directory.resolve("images/" + uuid)).doesNotExist();
            Files.delete(inTheWay);
            server.server().catalogue().remover().restore(OPERATOR, uuid, trash());
            assertThat(server.getBytes("/images/" + uuid + "/file").statusCode())
                    .isEqualTo(200);
        }
    }

    /** Nothing can be written where a file stands in the place of the directory for what is unfinished. */
    private static void moveAway(Path pending) throws IOException {
        if (Files.exists(pending)) {
            Files.move(pending, pending.resolveSibling("pending-before"));
        }
        Files.writeString(pending, "");
    }

    /** The server that ends need not wait for a thousand images, nor say of each that it stays. */
    @Test
    void stopsBetweenTwoImages() throws Exception {
        try (TestServer server = server("[{\"not_pulled_for_days\": 90}]")) {
            add(server, 1, "a", daysAgo(300));
            add(server, 2, "b", daysAgo(300));
            Retention retention = retention(server);
            Plan plan = retention.plan();
            Told told = new Told() {
                @Override
                public void gone(Plan.Going image) {
                    super.gone(image);
                    retention.stop();
                }
            };
            boolean isAllDone = retention.run(plan, told);
            assertThat(isAllDone).isFalse();
            assertThat(told.lines)
                    .containsExactly(plan.going().getFirst().image().uuid());
            assertThat(server.names("/images")).hasSize(1);
        }
    }

    @Test
    void appliesTheRulesOnAThreadOfItsOwn() throws Exception {
        try (TestServer server = server("[{\"not_pulled_for_days\": 90}]")) {
            add(server, 1, "a", daysAgo(300));
            try (DailyRetention daily = new DailyRetention(retention(server))) {
                daily.start();
                await().until(() -> server.names("/images").isEmpty());
            }
        }
    }
}
