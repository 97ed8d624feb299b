package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.imageserver.http.publishing.Publishing.FULL;
import static org.imageserver.http.publishing.Publishing.INCREMENTAL;
import static org.imageserver.http.publishing.Publishing.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the server knows of a file beside its manifest, as {@code inclAdminFields} shows it. */
class VerificationTest {
    private static final String GUID = "3384306238138359776";

    @TempDir
    private Path directory;

    private Publishing publishing;

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, "");
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    private void restart(String entries) {
        publishing.close();
        publishing = new Publishing(directory, entries);
    }

    private JsonNode file(String uuid) {
        return TestServer.json(publishing.admin().get("/images/" + uuid + "?inclAdminFields=true"))
                .at("/files/0");
    }

    private String verification(String uuid) {
        return file(uuid).path("verification").asText();
    }

    private void awaitVerification(String uuid, String state) {
        await().untilAsserted(() -> assertThat(verification(uuid)).isEqualTo(state));
    }

    /** Puts an image there as an operator does it. */
    private String add(int number, byte[] file, Consumer<ObjectNode> change) {
        TestImages images = publishing.server().images();
        String uuid = TestImages.uuid(number);
        ObjectNode manifest = TestImages.manifest(uuid, file);
        change.accept(manifest);
        images.put(uuid, "file", file);
        images.put(uuid, "manifest.json", manifest.toPrettyString());
        publishing.server().rescan();
        return uuid;
    }

    private static byte[] cutShort(byte[] file) {
        return Arrays.copyOf(file, file.length / 2);
    }

    @Test
    void whatIsPublishedIsVerifiedAtOnce() {
        String uuid = publishing.alice().publish(FULL, "");
        JsonNode file = file(uuid);
        assertThat(file.path("verification").asText()).isEqualTo("verified_at_publish");
        assertThat(file.has("problems")).isFalse();
        JsonNode contents = file.path("stream");
        assertThat(contents.path("snapshot").asText()).isEqualTo("fp/fs@a");
        assertThat(contents.path("guid").asText())
                .isEqualTo(file.path("dataset_guid").asText());
        assertThat(contents.has("fromguid")).isFalse();
        assertThat(contents.path("features")).isEmpty();
        assertThat(contents.path("size").asLong()).isEqualTo(270536);
        assertThat(contents.has("volsize")).isFalse();
    }

    @Test
    void tellsTheSizeOfAVolumeAndItsFeatures() {
        String uuid = publishing.alice().publish("valid/v23-vol-Lec.zfs", "");
        JsonNode contents = file(uuid).path("stream");
        assertThat(contents.path("volsize").asLong()).isEqualTo(8388608);
        assertThat(contents.path("features"))
                .extracting(JsonNode::asText)
                .containsExactly("EMBED_DATA", "LZ4", "COMPRESSED");
    }

    @Test
    void aFilePutThereByHandIsVerifiedInTheBackground() {
        String uuid = add(1, stream(FULL), manifest -> {});
        awaitVerification(uuid, "verified");
        assertThat(file(uuid).at("/stream/snapshot").asText()).isEqualTo("fp/fs@a");
        assertThat(file(uuid).path("sha256").asText()).hasSize(64);
        assertThat(publishing.server().log().warnings()).isEmpty();
    }

    @Test
    void aBrokenFilePutThereByHandIsNamedAndServed() {
        byte[] broken = cutShort(stream(FULL));
        String uuid = add(1, broken, manifest -> {});
        awaitVerification(uuid, "problem");
        assertThat(file(uuid).at("/problems/0").asText()).contains("ends");
        assertThat(file(uuid).has("stream")).isFalse();
        await().untilAsserted(() -> assertThat(publishing.server().log().warnings())
                .singleElement()
                .asString()
                .startsWith(uuid + "/file is served all the same: "));
        assertThat(publishing.server().getBytes("/images/" + uuid + "/file").body())
                .isEqualTo(broken);
        assertThat(TestServer.json(publishing.server().get("/images"))).hasSize(1);
    }

    @Test
    void aFileWithAnotherSha1IsAProblemUntilTheManifestSaysTheRightOne() {
        byte[] file = stream(FULL);
        String uuid = add(1, file, manifest -> ((ObjectNode) manifest.at("/files/0")).put("sha1", "0".repeat(40)));
        awaitVerification(uuid, "problem");
        assertThat(file(uuid).at("/problems/0").asText()).contains("damaged", TestImages.sha1(file), "0".repeat(40));
        add(1, file, manifest -> {});
        awaitVerification(uuid, "verified");
    }

    @Test
    void anIncrementHasToFitItsOrigin() {
        String origin = add(1, stream(FULL), manifest -> {});
        String other = add(2, stream("valid/v23-fs-full.zfs.xz"), manifest -> {});
        String increment = add(3, stream(INCREMENTAL), manifest -> manifest.put("origin", other));
        awaitVerification(origin, "verified");
        awaitVerification(other, "verified");
        awaitVerification(increment, "problem");
        assertThat(file(increment).at("/problems/0").asText()).contains("incremental", GUID);
        add(3, stream(INCREMENTAL), manifest -> manifest.put("origin", origin));
        awaitVerification(increment, "verified");
        assertThat(file(increment).at("/stream/fromguid").asText()).isEqualTo(GUID);
        add(3, stream(INCREMENTAL), manifest -> {});
        awaitVerification(increment, "problem");
        assertThat(file(increment).at("/problems/0").asText()).contains("names no origin");
    }

    @Test
    void theStatedGuidHasToBeTheRightOne() {
        String uuid =
                add(1, stream(FULL), manifest -> ((ObjectNode) manifest.at("/files/0")).put("dataset_guid", "17"));
        awaitVerification(uuid, "problem");
        assertThat(file(uuid).at("/problems/0").asText()).contains(GUID, "dataset_guid is 17");
        add(1, stream(FULL), manifest -> ((ObjectNode) manifest.at("/files/0")).put("dataset_guid", GUID));
        awaitVerification(uuid, "verified");
    }

    @Test
    void anOriginWithoutAUsableGuidHoldsNothingUp() {
        String origin =
                add(1, stream(FULL), manifest -> ((ObjectNode) manifest.at("/files/0")).put("dataset_guid", "soon"));
        String increment = publishing.alice().publish(INCREMENTAL, "&origin=" + origin);
        assertThat(verification(increment)).isEqualTo("verified_at_publish");
    }

    @Test
    void otherFilesAreNoStreams() {
        String uuid = add(1, new byte[] {1, 2, 3}, manifest -> manifest.put("type", "other"));
        await().untilAsserted(() -> assertThat(file(uuid).has("sha256")).isTrue());
        assertThat(verification(uuid)).isEqualTo("not_a_stream");
    }

    @Test
    void nothingIsVerifiedWhenThatIsSwitchedOff() {
        restart("\"verify_streams\": \"off\"");
        String uuid = add(1, cutShort(stream(FULL)), manifest -> {});
        await().untilAsserted(() -> assertThat(file(uuid).has("sha256")).isTrue());
        assertThat(verification(uuid)).isEqualTo("off");
        assertThat(publishing.server().log().warnings()).isEmpty();
    }

    @Test
    void whatIsLetInAllTheSameIsAProblem() {
        restart("\"verify_streams\": \"warn\"");
        String uuid = publishing.alice().publish("incomplete/v23-saved-partial.zfs.gz", "");
        assertThat(verification(uuid)).isEqualTo("problem");
        assertThat(file(uuid).path("problems")).isNotEmpty();
    }

    @Test
    void aRestartForgetsNothing() {
        String published = publishing.alice().publish(FULL, "");
        String broken = add(1, cutShort(stream(FULL)), manifest -> {});
        awaitVerification(broken, "problem");
        JsonNode before = file(broken);
        restart("");
        await().untilAsserted(() -> assertThat(file(broken)).isEqualTo(before));
        assertThat(verification(published)).isEqualTo("verified_at_publish");
        assertThat(publishing.server().log().warnings()).isEmpty();
    }

    @Test
    void whatAnOlderServerRememberedIsStillGood() throws IOException {
        String uuid = add(1, stream(FULL), manifest -> {});
        awaitVerification(uuid, "verified");
        publishing.close();
        Path remembered = directory.resolve("images/.image-server/digests.json");
        ObjectNode json = TestImages.json(Files.readString(remembered));
        ObjectNode entry = (ObjectNode) json.path(uuid + "/file");
        entry.remove("stream");
        // So one sees that it is taken as it is, and not computed again.
        entry.put("sha256", "0".repeat(64));
        assertThat(entry.properties()).hasSize(4);
        Files.writeString(remembered, json.toString());
        publishing = new Publishing(directory, "\"verify_streams\": \"off\"");
        await().untilAsserted(
                        () -> assertThat(file(uuid).path("sha256").asText()).isEqualTo("0".repeat(64)));
        restart("");
        awaitVerification(uuid, "verified");
    }
}
