package org.imageserver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.imageserver.TestImages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands by which an operator keeps a directory in order, through the launcher. */
class MaintenanceIT {
    @TempDir
    private Path directory;

    private void assertRuns(int exitCode, String output, String... arguments) throws Exception {
        try (Launched launched = Launched.start(directory, arguments)) {
            assertThat(launched.exitCode()).as(launched.output()).isEqualTo(exitCode);
            assertThat(launched.output()).contains(output);
        }
    }

    @Test
    void findsAndReleasesADamagedFile() throws Exception {
        TestImages images = new TestImages(Files.createDirectory(directory.resolve("images")));
        String uuid = images.add(1);
        Path file = images.directory().resolve(uuid).resolve("file");
        byte[] good = Files.readAllBytes(file);
        FileTime time = Files.getLastModifiedTime(file);
        assertRuns(0, "files read: 1, damaged: 0", "scrub", "--dir", "images");
        byte[] bad = good.clone();
        bad[3] ^= 4;
        Files.write(file, bad);
        Files.setLastModifiedTime(file, time);
        assertRuns(1, uuid + "/file: The file is damaged and not served", "scrub", "--dir", "images");
        assertRuns(1, uuid + "/file: The file is damaged and not served", "check", "images");
        Files.write(file, good);
        Files.setLastModifiedTime(file, time);
        assertRuns(0, "files read: 1, damaged: 0", "scrub", "--dir", "images", uuid);
        assertRuns(0, "problems: 0", "check", "images");
        assertRuns(2, "there is no image " + TestImages.uuid(9), "scrub", "--dir", "images", TestImages.uuid(9));
    }

    @Test
    void takesImagesAwayByRulesAndGivesThemBack() throws Exception {
        TestImages images = new TestImages(Files.createDirectory(directory.resolve("images")));
        String old =
                images.add(1, manifest -> manifest.put("name", "base").put("published_at", "2020-01-01T00:00:00Z"));
        String newer =
                images.add(2, manifest -> manifest.put("name", "base").put("published_at", "2021-01-01T00:00:00Z"));
        Path config = directory.resolve("config.json");
        Files.writeString(config, "{\"retention\": []}");
        assertRuns(2, "has no rules under \"retention\"", "retention", "--config", "config.json");
        Files.writeString(config, "{\"retention\": [{\"keep_newest\": 1}]}");
        assertRuns(0, old + "  base 1.0.0  ", "retention", "--config", "config.json", "--dry-run");
        assertThat(images.directory().resolve(old)).exists();
        assertRuns(0, "went to the trash: 1 images", "retention", "--config", "config.json");
        assertThat(images.directory().resolve(old)).doesNotExist();
        assertThat(images.directory().resolve(newer)).exists();
        assertRuns(0, "not of the newest 1 of its name", "trash", "list", "--config", "config.json");
        assertRuns(0, "restored base 1.0.0", "trash", "restore", old, "--config", "config.json");
        assertThat(images.directory().resolve(old).resolve("file")).exists();
        assertRuns(1, "is not in the trash", "trash", "restore", old, "--config", "config.json");
        assertRuns(0, "went to the trash: 1 images", "retention", "--config", "config.json");
        assertRuns(0, "removed for good: 1 images", "trash", "empty", "--config", "config.json");
        assertRuns(0, "in the trash: 0 images", "trash", "list", "--config", "config.json");
    }
}
