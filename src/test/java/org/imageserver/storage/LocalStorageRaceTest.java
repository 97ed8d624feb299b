package org.imageserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others may do between two steps of ours. */
class LocalStorageRaceTest {
    private static final BlobKey KEY = BlobKey.parse("image/manifest.json");

    @TempDir
    Path root;

    private final AtomicBoolean first = new AtomicBoolean(true);

    @Test
    void makesTheDirectoryAgainWhenADeleteTookIt() throws IOException {
        try (Storage storage = new LocalStorage(root, (link, existing) -> {
            if (first.getAndSet(false)) {
                Files.delete(link.getParent());
            }
            Files.createLink(link, existing);
        })) {
            assertThat(storage.createIfAbsent(KEY, new byte[3])).isTrue();
            assertThat(storage.stat(KEY)).isPresent();
        }
    }

    @Test
    void recognisesItsOwnLinkWhenTheAnswerWasLost() throws IOException {
        try (Storage storage = new LocalStorage(root, (link, existing) -> {
            Files.createLink(link, existing);
            throw new FileAlreadyExistsException(link.toString());
        })) {
            assertThat(storage.createIfAbsent(KEY, new byte[3])).isTrue();
            assertThat(storage.createIfAbsent(KEY, new byte[3])).isFalse();
        }
    }

    @Test
    void doesNotTakeAFaultForAFileSystemWithoutHardLinks() throws IOException {
        try (Storage storage = new LocalStorage(root, (link, existing) -> {
            if (first.getAndSet(false)) {
                throw new FileSystemException(link.toString(), null, "Input/output error");
            }
            Files.createLink(link, existing);
        })) {
            assertThatThrownBy(() -> storage.createIfAbsent(KEY, new byte[3]))
                    .hasMessageContaining("Input/output error");
            assertThat(storage.stat(KEY)).isEmpty();
            assertThat(root.resolve(".image-server/pending")).isEmptyDirectory();
        }
    }

    @Test
    void describesTheFileThatItOpenedWhileOthersReplaceIt() throws Exception {
        Path file = Files.createDirectory(root.resolve("image")).resolve("manifest.json");
        Files.writeString(file, "");
        AtomicBoolean replacing = new AtomicBoolean(true);
        Callable<Boolean> replace = () -> {
            for (int round = 0; round < 5000; round++) {
                Path next = Files.writeString(root.resolve("next"), "x".repeat(round % 50));
                Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            }
            replacing.set(false);
            return true;
        };
        try (Storage storage = new LocalStorage(root)) {
            Callable<Boolean> read = () -> {
                while (replacing.get()) {
                    try (StoredBlob blob = storage.open(KEY)) {
                        assertThat(blob.fileChannel().orElseThrow().size())
                                .isEqualTo(blob.info().size());
                    }
                }
                return true;
            };
            assertThat(StorageFixture.together(List.of(replace, read))).containsOnly(true);
        }
    }

    @Test
    void givesEachFileATimeOfItsOwnSoThatAReusedInodeNumberDoesNotDeceive() throws IOException {
        List<PendingBlob> pending = new ArrayList<>();
        List<Instant> times = new ArrayList<>();
        try (Storage storage = new LocalStorage(root)) {
            for (int i = 0; i < 50; i++) {
                pending.add(storage.begin(BlobKey.parse("image/" + i)));
            }
            for (PendingBlob blob : pending) {
                blob.write(ByteBuffer.allocate(1));
            }
            for (PendingBlob blob : pending) {
                times.add(blob.commit().modified());
            }
        }
        assertThat(times).doesNotHaveDuplicates();
    }
}
