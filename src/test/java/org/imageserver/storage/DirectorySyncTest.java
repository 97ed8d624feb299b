package org.imageserver.storage;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectorySyncTest {
    @Test
    void forcesADirectory(@TempDir Path directory) {
        assertThatCode(() -> DirectorySync.force(directory)).doesNotThrowAnyException();
    }

    @Test
    void doesNotHideThatADirectoryIsMissing(@TempDir Path directory) {
        assertThatThrownBy(() -> DirectorySync.force(directory.resolve("missing")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void acceptsAFileSystemThatHasNoFsyncForDirectories() {
        Path proc = Path.of("/proc/self");
        assumeThat(proc).isDirectory();
        assertThatCode(() -> DirectorySync.force(proc)).doesNotThrowAnyException();
    }
}
