package org.imageserver.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.imageserver.Policies;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.config.Settings;
import org.imageserver.storage.LocalStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MirrorTest extends WithUpstream {
    private static final int SIZE = 300_000;

    private static byte[] bytes(int seed) {
        return bytes(seed, SIZE);
    }

    /** Bytes that no stream check looks at. */
    private static ObjectNode arbitrary(ObjectNode manifest) {
        ((ObjectNode) manifest.at("/files/0")).put("compression", "none");
        return manifest.put("type", "other");
    }

    private static final class Lines implements Mirror.Watcher {
        private final List<String> done = new ArrayList<>();
        private final List<String> failed = new ArrayList<>();

        @Override
        public void begins(Listed image) {}

        @Override
        public void received(long bytes) {}

        @Override
        public void done(String what) {
            done.add(what);
        }

        @Override
        public void failed(String what) {
            failed.add(what);
        }
    }

    /** One look at the source, as the schedule and the command take it. */
    private Lines sync(String keys) throws Exception {
        Path config = directory.resolve("config.json");
        Files.writeString(config, """
                {"serve_dir": "images", "sources": [%s]}
                """.formatted(source(upstream, "mirror", keys.isEmpty() ? "" : ", " + keys)));
        Files.createDirectories(directory.resolve("images"));
        Settings settings = Settings.read(config, Settings.Overrides.NONE);
        Lines lines = new Lines();
        try (LocalStorage storage = new LocalStorage(settings.serveDir());
                Catalogue catalogue = new Catalogue(storage, Policies.ofImages(settings));
                Mirrors mirrors = new Mirrors(settings, catalogue, catalogue.provenance())) {
            catalogue.rescan();
            Mirror mirror = mirrors.all().getFirst();
            mirror.run(mirror.plan(), lines);
        }
        return lines;
    }

    private List<String> here() throws Exception {
        try (LocalStorage storage = new LocalStorage(directory.resolve("images"));
                Catalogue catalogue =
                        new Catalogue(storage, Policies.ofImages(Settings.read(null, Settings.Overrides.NONE)))) {
            catalogue.rescan();
            return catalogue.snapshot().images().stream()
                    .map(image -> image.name() + " " + image.state().jsonName())
                    .toList();
        }
    }

    @Test
    void bringsWholeImagesThatAreServedAsTheyWereThere() throws Exception {
        String uuid = upstream.add(1, "base", bytes(1));
        try (TestServer server = serveMirror("")) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> server.get("/images/" + uuid).statusCode() == 200);
            assertThat(server.getBytes("/images/" + uuid + "/file").body()).isEqualTo(bytes(1));
            assertThat(TestServer.json(server.get("/images/" + uuid))
                            .path("published_at")
                            .asText())
                    .isEqualTo("2026-01-01T00:00:00.000Z");
        }
    }

    @Test
    void mirrorsAnotherOfTheseServersWithItsOriginsFirst() throws Exception {
        try (TestServer other = TestServer.start(Files.createDirectories(directory.resolve("other")))) {
            String origin =
                    other.images().add(1, manifest -> arbitrary(manifest).put("name", "origin"));
            String built = other.images()
                    .add(2, manifest -> arbitrary(manifest).put("name", "built").put("origin", origin));
            other.rescan();
            try (TestServer server = TestServer.start(
                    Files.createDirectories(directory.resolve("mirror")),
                    "\"sources\": [{\"url\": \"" + other.uri("").toString() + "\", \"policy\": \"mirror\","
                            + " \"filter\": {\"name\": \"built\"}}]")) {
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> server.get("/images/" + built).statusCode() == 200);
                assertThat(server.get("/images/" + origin).statusCode()).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100_000, SIZE - 1})
    void takesABrokenTransferUpWhereItBroke(int at) throws Exception {
        upstream.add(1, "base", bytes(1));
        upstream.cut(1, at);
        assertThat(sync("").failed).isEmpty();
        assertThat(here()).containsExactly("base active");
        assertThat(upstream.requests().getLast()).endsWith("bytes=" + at + "-");
    }

    @Test
    void leavesNothingOfATransferThatCannotBeTakenUp() throws Exception {
        upstream.add(1, "base", bytes(1));
        upstream.cut(1, 1000);
        upstream.withoutRanges();
        assertThat(sync("").failed).singleElement().asString().contains("does not send parts");
        assertThat(here()).isEmpty();
        assertThat(sync("").failed).isEmpty();
        assertThat(here()).containsExactly("base active");
    }

    @Test
    void refusesBytesThatAreNotThoseOfTheManifest() throws Exception {
        String bad = upstream.add(1, "bad", bytes(1));
        upstream.add(2, "good", bytes(2));
        upstream.replaceFile(bad, bytes(3));
        assertThat(sync("").failed).singleElement().asString().contains("sha1");
        assertThat(here()).containsExactly("good active");
    }

    @Test
    void refusesAnImageWhoseOriginIsNotToBeHad() throws Exception {
        String uuid = upstream.add(1, "built", bytes(1));
        upstream.manifest(uuid).put("origin", TestImages.uuid(99));
        upstream.add(2, "good", bytes(2));
        assertThat(sync("").failed).singleElement().asString().contains("has no image " + TestImages.uuid(99));
        assertThat(here()).containsExactly("good active");
    }

    @Test
    void refusesAnImageThatNamesNoSha1() throws Exception {
        String uuid = upstream.add(1, "base", bytes(1));
        upstream.manifest(uuid)
                .withArray("files")
                .removeAll()
                .addObject()
                .put("size", SIZE)
                .put("compression", "none");
        assertThat(sync("").failed).singleElement().asString().contains("names no sha1");
        assertThat(here()).isEmpty();
    }

    @Test
    void keepsWhatIsHereWhileTheSourceIsDown() throws Exception {
        upstream.add(1, "base", bytes(1));
        sync("");
        upstream.answerWith(503);
        assertThatThrownBy(() -> sync("\"when_gone\": \"remove\"")).hasMessageContaining("503");
        assertThat(here()).containsExactly("base active");
    }

    @Test
    void choosesTheNewestOfEachNameAndWhatTheFilterLetsThrough() throws Exception {
        for (int number = 1; number <= 4; number++) {
            upstream.add(number, number % 2 == 0 ? "even-lts" : "odd", bytes(number));
        }
        upstream.add(6, "even-lts", bytes(6));
        Lines lines = sync("\"newest\": 2, \"filter\": {\"name\": \"~lts\"}");
        assertThat(lines.done).hasSize(2).allMatch(line -> line.contains("even-lts"));
        // Two at the same time: which of them is here first is open.
        assertThat(String.join(" ", lines.done)).contains(TestImages.uuid(4), TestImages.uuid(6));
    }

    @Test
    void leavesOutWhatIsTooOldOrTooBig() throws Exception {
        upstream.add(1, "old", bytes(1));
        upstream.add(5, "new", bytes(2));
        upstream.add(6, "big", new byte[SIZE * 2]);
        sync("\"published_after\": \"2026-01-03\", \"max_size\": " + SIZE);
        assertThat(here()).containsExactly("new active");
    }

    @Test
    void followsWhatIsDisabledThereButNotWhatIsThisSitesOwn() throws Exception {
        String uuid = upstream.add(1, "base", bytes(1));
        sync("");
        new TestImages(directory.resolve("images")).add(2, manifest -> manifest.put("name", "own"));
        upstream.add(2, "own", bytes(2));
        upstream.manifest(uuid).put("disabled", true).put("state", "disabled");
        upstream.manifest(TestImages.uuid(2)).put("disabled", true).put("state", "disabled");
        sync("");
        assertThat(here()).containsExactlyInAnyOrder("base disabled", "own active");
    }

    @ParameterizedTest
    @ValueSource(strings = {"keep", "disable", "remove"})
    void doesWithWhatIsGoneThereAsTheOperatorWants(String wish) throws Exception {
        String uuid = upstream.add(1, "gone", bytes(1));
        upstream.add(2, "stays", bytes(2));
        sync("");
        upstream.remove(uuid);
        sync("\"when_gone\": \"" + wish + "\"");
        assertThat(here())
                .containsExactlyInAnyOrderElementsOf(
                        switch (wish) {
                            case "keep" -> List.of("gone active", "stays active");
                            case "disable" -> List.of("gone disabled", "stays active");
                            default -> List.of("stays active");
                        });
    }

    @Test
    void takesAnEmptyListForAFaultAndRemovesNothing() throws Exception {
        String uuid = upstream.add(1, "base", bytes(1));
        sync("");
        upstream.remove(uuid);
        sync("\"when_gone\": \"remove\"");
        assertThat(here()).containsExactly("base active");
    }

    @Test
    void bringsNothingTwice() throws Exception {
        upstream.add(1, "base", bytes(1));
        sync("");
        long before = upstream.requests().stream()
                .filter(line -> line.contains("/file"))
                .count();
        assertThat(sync("").done).isEmpty();
        assertThat(upstream.requests().stream()
                        .filter(line -> line.contains("/file"))
                        .count())
                .isEqualTo(before);
    }
}
