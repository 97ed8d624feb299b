package org.imageserver.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator does to the directory of a running server is seen without a restart, and told in the log. */
class HotReloadTest {
    private static final String UUID = TestImages.uuid(1);

    @TempDir
    private Path directory;

    private TestServer server;
    private TestImages images;

    @BeforeEach
    void start() {
        // The files here are no streams, which is another story.
        server = TestServer.start(directory, "\"rescan_seconds\": 0.1, \"verify_streams\": \"off\"");
        images = server.images();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Path path(String name) {
        return images.directory().resolve(UUID).resolve(name);
    }

    private void awaitImages(String... names) {
        await().untilAsserted(() -> {
            assertThat(server.names("/images")).containsExactly(names);
            assertThat(server.names("/datasets")).containsExactly(names);
        });
    }

    /** The server is given the chance to say it again; it must not. */
    private void awaitOneWarning(String part) {
        await().untilAsserted(() -> assertThat(server.log().warnings())
                .anySatisfy(line -> assertThat(line).contains(part)));
        for (int round = 0; round < 3; round++) {
            images.add(100 + round);
            server.rescan();
        }
        assertThat(server.log().warnings().stream().filter(line -> line.contains(part)))
                .hasSize(1);
    }

    @Test
    void aNewImageAppears() {
        awaitImages();
        images.add(1);
        awaitImages("image-00000001");
        images.add(2);
        awaitImages("image-00000001", "image-00000002");
        assertThat(server.get("/images/" + UUID + "/file").body()).isEqualTo("bytes of " + UUID);
    }

    @Test
    void aChangedManifestIsSeen() {
        images.add(1);
        awaitImages("image-00000001");
        for (int round = 0; round < 6; round++) {
            String name = "changed-" + round % 10;
            images.add(1, manifest -> manifest.put("name", name));
            awaitImages(name);
        }
        images.add(1, manifest -> manifest.put("state", "disabled"));
        awaitImages();
        assertThat(server.get("/images/" + UUID).statusCode())
                .as("an image may be built on it")
                .isEqualTo(200);
        images.add(1, manifest -> manifest.put("public", false));
        await().until(() -> server.get("/images/" + UUID).statusCode() == 404);
        assertThat(server.get("/images/" + UUID + "/file").statusCode()).isEqualTo(404);
        assertThat(server.get("/datasets/" + UUID).statusCode()).isEqualTo(404);
    }

    @Test
    void aRemovedImageIsGone() throws IOException {
        images.add(1);
        images.add(2);
        awaitImages("image-00000001", "image-00000002");
        Files.delete(path("manifest.json"));
        awaitImages("image-00000002");
        assertThat(server.get("/images/" + UUID).statusCode()).isEqualTo(404);
        assertThat(server.get("/datasets/" + UUID + "/image.zfs.gz").statusCode())
                .isEqualTo(404);
    }

    @Test
    void aFileWithItsManifestIsReplaced() throws IOException {
        images.add(1);
        awaitImages("image-00000001");
        Path next = images.directory().resolve("next");
        byte[] bytes = "other bytes altogether".getBytes(UTF_8);
        images.put("next", "file", bytes);
        images.put("next", "manifest.json", TestImages.manifest(UUID, bytes).toString());
        Path old = images.directory().resolve("old");
        Files.move(images.directory().resolve(UUID), old, StandardCopyOption.ATOMIC_MOVE);
        Files.move(next, images.directory().resolve(UUID), StandardCopyOption.ATOMIC_MOVE);
        await().until(() -> server.get("/images/" + UUID + "/file").body().equals("other bytes altogether"));
        assertThat(server.get("/images/" + UUID + "/file").headers().firstValue("etag"))
                .contains('"' + TestImages.sha1(bytes) + '"');
        // What was moved aside has a manifest, but is no image under that name.
        assertThat(server.names("/images")).containsExactly("image-00000001");
    }

    @Test
    void anImageThatIsStillBeingCopiedIsHidden() throws IOException {
        byte[] bytes = "0123456789".repeat(1000).getBytes(UTF_8);
        images.put(UUID, "manifest.json", TestImages.manifest(UUID, bytes).toString());
        awaitOneWarning("there is no file \"file\"");
        images.put(UUID, "file", "0123");
        awaitOneWarning("has 4 bytes, but the manifest says 10000 (is it still being copied?)");
        assertThat(server.get("/images/" + UUID).statusCode()).isEqualTo(404);
        assertThat(server.get("/images/" + UUID + "/file").statusCode()).isEqualTo(404);
        images.put(UUID, "file", bytes);
        await().until(() -> server.getBytes("/images/" + UUID + "/file").statusCode() == 200);
        assertThat(server.getBytes("/images/" + UUID + "/file").body()).isEqualTo(bytes);
        images.put(UUID, "file", "0123456789".repeat(1001));
        await().until(() -> server.get("/images/" + UUID).statusCode() == 404);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"v": 2,                     | line 1
            []                           | expected
            ''                           | manifest.json
            null                         | expected
            {"v": 2}                     | uuid
            {"v": 3}                     | "v": found the number 3, expected 1 or 2
            {"uuid": "x", "name": "a", "version": "1", "v": 2} | uuid
            PK\u0003\u0004              | line 1
            """)
    void aBrokenManifestHidesItsImageOnly(String manifest, String reason) {
        images.add(1);
        images.add(2);
        awaitImages("image-00000001", "image-00000002");
        images.put(UUID, "manifest.json", manifest);
        awaitImages("image-00000002");
        assertThat(server.log().warnings())
                .singleElement()
                .asString()
                .contains(UUID + "/manifest.json")
                .contains(reason);
        images.add(1);
        awaitImages("image-00000001", "image-00000002");
    }

    @Test
    void aManifestOfAnotherImageIsRefused() {
        String other = TestImages.uuid(2);
        images.put(UUID, "file", "");
        images.put(
                UUID, "manifest.json", TestImages.manifest(other, new byte[0]).toString());
        awaitOneWarning("the manifest is of image " + other + ", but the directory is named " + UUID);
        assertThat(server.get("/images/" + UUID).statusCode()).isEqualTo(404);
        assertThat(server.get("/images/" + other).statusCode()).isEqualTo(404);
    }

    @Test
    void aDirectoryThatIsNoUuidIsRefused() {
        ObjectNode manifest = TestImages.manifest(UUID, new byte[0]);
        for (String name : List.of("my-image", UUID + ".bak", UUID.substring(1), "FFFFFFFF" + UUID.substring(8))) {
            images.put(name, "file", "");
            images.put(name, "manifest.json", manifest.toString());
            awaitOneWarning("not served: " + name + "/manifest.json");
        }
        assertThat(server.get("/images/" + UUID).statusCode()).isEqualTo(404);
    }

    @Test
    void whatIsNoImageDoesNotMatter() {
        images.put("README", "x", "y");
        images.put(".git", "manifest.json", "{");
        images.put("lost+found", "x", "");
        images.put("größe 图 🙂", "x", "");
        images.put(UUID, "größe 图 🙂.txt", "");
        images.add(1);
        awaitImages("image-00000001");
        assertThat(server.log().warnings()).isEmpty();
    }

    /** A name that is not ASCII leads to the file, as the dataset's url spells it. */
    @Test
    void aFileMayHaveAnyName() {
        String name = "größe 图 🙂 100%+&?#.zfs.gz";
        byte[] bytes = {1, 2, 3};
        ObjectNode manifest = TestImages.manifest(UUID, bytes);
        ((ObjectNode) manifest.at("/files/0")).put("path", name);
        manifest.put("description", name);
        images.put(UUID, name, bytes);
        images.put(UUID, "manifest.json", manifest.toString());
        awaitImages("image-00000001");
        assertThat(server.get("/images/" + UUID).body()).contains("\"description\":\"" + name + "\"");
        String url = TestServer.json(server.get("/datasets/" + UUID))
                .at("/files/0/url")
                .asText();
        assertThat(server.getBytes(java.net.URI.create(url).getRawPath()).body())
                .isEqualTo(bytes);
        assertThat(server.getBytes("/images/" + UUID + "/file").body()).isEqualTo(bytes);
    }

    /** As when its file system is not mounted: that must not look like images that were deleted. */
    @Test
    void theDirectoryMayVanishForAWhile() throws IOException {
        images.add(1);
        awaitImages("image-00000001");
        Path away = directory.resolve("away");
        Files.move(images.directory(), away);
        String error = "the directory cannot be read";
        await().until(() -> server.log().errors().stream().anyMatch(line -> line.contains(error)));
        assertThat(server.get("/images/" + UUID + "/file").statusCode()).isEqualTo(503);
        awaitImages("image-00000001");
        Files.move(away, images.directory());
        images.add(2);
        awaitImages("image-00000001", "image-00000002");
        assertThat(server.get("/images/" + UUID + "/file").statusCode()).isEqualTo(200);
        assertThat(server.log().errors()).as("said once").hasSize(1);
        server.log().forgive(error);
    }
}
