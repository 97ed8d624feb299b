package org.imageserver.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.imageserver.TestImages;
import org.imageserver.catalogue.LeftoverSweep;
import org.imageserver.storage.LocalStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start removes, and what it must never touch. */
class LeftoverSweepTest {
    private static final String UUID = TestImages.uuid(1);
    private static final String RECEIVED = "image-0123456789ab.zfs.gz";

    @TempDir
    private Path directory;

    @Test
    void removesOnlyWhatHasBeenAtRestForADay() throws IOException {
        put(UUID + "/" + RECEIVED);
        put(".image-server/pending/half");
        Files.createDirectories(directory.resolve(TestImages.uuid(2)));
        assertThat(sweep()).isEmpty();

        age(UUID + "/" + RECEIVED);
        age(".image-server/pending/half");
        age(TestImages.uuid(2));
        assertThat(sweep()).containsExactly("half", UUID + "/" + RECEIVED, TestImages.uuid(2));
        assertThat(directory.resolve(UUID)).doesNotExist();
    }

    @Test
    void removesTheIconThatADeletionLeftBesideItsFile() throws IOException {
        old(UUID + "/" + RECEIVED);
        old(UUID + "/icon.png");
        assertThat(sweep()).containsExactly(UUID + "/icon.png", UUID + "/" + RECEIVED);
    }

    @Test
    void keepsWhatAnOperatorMayHavePutThere() throws IOException {
        List<String> kept = List.of(
                UUID + "/image-base.zfs.gz",
                UUID + "/file",
                TestImages.uuid(3) + "/icon.png",
                "not-a-uuid/" + RECEIVED,
                RECEIVED);
        for (String name : kept) {
            old(name);
        }
        Files.createDirectories(directory.resolve("empty"));
        age("empty");

        assertThat(sweep()).isEmpty();
        assertThat(kept).allSatisfy(name -> assertThat(directory.resolve(name)).exists());
        assertThat(directory.resolve("empty")).exists();
    }

    @Test
    void keepsTheFileThatTheManifestNamesAndRemovesTheOther() throws IOException {
        byte[] bytes = new byte[] {1};
        ObjectNode manifest = TestImages.manifest(UUID, bytes);
        ((ObjectNode) manifest.path("files").path(0)).put("path", RECEIVED);
        Files.createDirectories(directory.resolve(UUID));
        Files.writeString(directory.resolve(UUID + "/manifest.json"), manifest.toString());
        old(UUID + "/" + RECEIVED);
        old(UUID + "/image-ffffffffffff.gz");
        assertThat(sweep()).containsExactly(UUID + "/image-ffffffffffff.gz");
    }

    @Test
    void keepsEverythingBesideAManifestThatCannotBeUnderstood() throws IOException {
        old(UUID + "/" + RECEIVED);
        old(UUID + "/manifest.json");
        assertThat(sweep()).isEmpty();

        Files.delete(directory.resolve(UUID + "/manifest.json"));
        Files.createSymbolicLink(directory.resolve(UUID + "/manifest.json"), Path.of("/nowhere/manifest.json"));
        assertThat(sweep()).isEmpty();
    }

    private List<String> sweep() throws IOException {
        try (LocalStorage storage = new LocalStorage(directory)) {
            return new LeftoverSweep(storage, CrashingPublisher.SETTINGS)
                    .sweep(LeftoverSweep.REST)
                    .names();
        }
    }

    private void put(String name) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        Files.write(file, new byte[] {1});
    }

    private void old(String name) throws IOException {
        put(name);
        age(name);
    }

    private void age(String name) throws IOException {
        Instant old = Instant.now().minus(LeftoverSweep.REST).minus(Duration.ofMinutes(1));
        Files.setLastModifiedTime(directory.resolve(name), FileTime.from(old));
    }
}
