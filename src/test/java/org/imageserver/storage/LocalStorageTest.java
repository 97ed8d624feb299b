package org.imageserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStorageTest extends StorageContract {
    @TempDir
    Path root;

    @Override
    LocalStorage newStorage() throws IOException {
        return new LocalStorage(root);
    }

    @Test
    void servesFilesThatWerePutThereByHand() throws IOException {
        byHand("image/manifest.json", "{}");
        byHand("readme", "x");
        byHand("image/deeper/file", "x");
        Files.createDirectory(root.resolve("empty"));

        assertThat(listed("")).containsExactly("image/manifest.json", "readme");
        assertThat(read(KEY)).isEqualTo(utf8("{}"));
    }

    @Test
    void noticesAFileThatIsReplacedByHand() throws IOException {
        BlobInfo before = write(KEY, utf8("one"));
        byHand("incoming", "two");
        Files.setLastModifiedTime(root.resolve("incoming"), FileTime.from(before.modified()));
        Files.move(root.resolve("incoming"), root.resolve(KEY.value()), StandardCopyOption.REPLACE_EXISTING);

        assertThat(storage.stat(KEY).orElseThrow().version()).isNotEqualTo(before.version());
    }

    @Test
    void writesPlainFilesThatOthersMayRead() throws IOException {
        write(KEY, utf8("x"));
        storage.createIfAbsent(BlobKey.parse("image/created"), utf8("x"));
        byHand("by-hand", "x");

        var usual = Files.getPosixFilePermissions(root.resolve("by-hand"));
        assertThat(Files.getPosixFilePermissions(root.resolve("image/manifest.json")))
                .isEqualTo(usual);
        assertThat(Files.getPosixFilePermissions(root.resolve("image/created"))).isEqualTo(usual);
    }

    /** An administrator says a command as root, while the server runs as somebody else. */
    @Test
    void whatRootMakesTheOwnerOfTheDirectoryMayChange() throws IOException {
        assumeThat(System.getProperty("user.name")).isEqualTo("root");
        Files.setAttribute(root, "unix:uid", 12345);

        write(KEY, utf8("x"));
        storage.createIfAbsent(BlobKey.parse("deep/er/still"), utf8("x"));

        for (String directory : List.of("image", "deep", "deep/er", ".image-server", ".image-server/pending")) {
            assertThat(Files.getAttribute(root.resolve(directory), "unix:uid"))
                    .as(directory)
                    .isEqualTo(12345);
        }
    }

    @Test
    void leavesNothingBehindOnTheDisk() throws IOException {
        write(KEY, utf8("x"));
        write(BlobKey.parse("deep/er/still"), utf8("x"));
        storage.createIfAbsent(BlobKey.parse("created/file"), utf8("x"));
        storage.createIfAbsent(BlobKey.parse("created/file"), utf8("y"));
        storage.begin(BlobKey.parse("abandoned/file")).close();
        for (String key : List.of("image/manifest.json", "deep/er/still", "created/file")) {
            storage.delete(BlobKey.parse(key));
        }
        assertThat(tree()).containsExactly(".image-server", ".image-server/pending");
    }

    @Test
    void keepsADirectoryThatHoldsSomethingElse() throws IOException {
        write(KEY, utf8("x"));
        byHand("image/.notes", "x");
        storage.delete(KEY);
        assertThat(root.resolve("image/.notes")).exists();
    }

    @Test
    void servesReadsWhereItCannotWrite() throws IOException {
        byHand("image/manifest.json", "{}");
        // What a read-only file system does to root as well: the pending directory cannot be made.
        byHand(".image-server", "in the way");

        assertThat(read(KEY)).isEqualTo(utf8("{}"));
        assertThat(listed("")).containsExactly("image/manifest.json");
        assertThat(((LocalStorage) storage).sweep(Duration.ZERO).names()).isEmpty();
        assertThatThrownBy(() -> storage.begin(KEY))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(".image-server");
    }

    @Test
    void readsWithoutWritingAnything() throws IOException {
        byHand("image/manifest.json", "{}");
        read(KEY);
        storage.stat(KEY);
        storage.list("");
        storage.delete(BlobKey.parse("image/other"));
        ((LocalStorage) storage).sweep(Duration.ZERO);
        assertThat(tree()).containsExactly("image", "image/manifest.json");
    }

    @Test
    void refusesARootThatIsMissingOrNoDirectory() throws IOException {
        byHand("file", "x");
        assertThatThrownBy(() -> new LocalStorage(root.resolve("missing")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("missing");
        assertThatThrownBy(() -> new LocalStorage(root.resolve("file")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("file");
    }

    @Test
    void takesARootThatIsASymlink(@TempDir Path elsewhere) throws IOException {
        byHand("image/manifest.json", "{}");
        Path link = Files.createSymbolicLink(elsewhere.resolve("link"), root);
        try (LocalStorage linked = new LocalStorage(link)) {
            assertThat(linked.list("")).extracting(BlobInfo::key).containsExactly(KEY);
        }
    }

    @Test
    void keepsThePendingFilesToItself() throws IOException {
        try (PendingBlob pending = storage.begin(KEY)) {
            pending.write(ByteBuffer.wrap(utf8("half")));
            BlobKey inside = BlobKey.parse(pendingNames().getFirst());

            assertThatThrownBy(() -> storage.open(inside)).isInstanceOf(NoSuchBlobException.class);
            assertThat(storage.stat(inside)).isEmpty();
            assertThat(storage.delete(inside)).isFalse();
            assertThat(storage.list(".image-server/")).isEmpty();
            assertThatThrownBy(() -> storage.begin(inside)).hasMessageContaining("not committed");
            pending.commit();
        }
        assertThat(pendingNames()).isEmpty();
    }

    @Test
    void saysWhatIsInTheWayOfAWrite() throws IOException {
        byHand("file", "x");
        Files.createDirectories(root.resolve("directory/inner"));

        assertThatThrownBy(() -> write(BlobKey.parse("file/below"), utf8("x")))
                .hasMessageContaining("file")
                .hasMessageContaining("has to be a directory");
        assertThatThrownBy(() -> write(BlobKey.parse("directory/inner"), utf8("x")))
                .hasMessageContaining("directory/inner");
        assertThatThrownBy(() -> storage.createIfAbsent(BlobKey.parse("directory/inner"), utf8("x")))
                .hasMessageContaining("directory/inner");
        assertThat(pendingNames()).isEmpty();
    }

    @Test
    void sweepsWhatACrashLeftAndNothingElse() throws IOException {
        byHand(".image-server/pending/old", "12345");
        byHand(".image-server/pending/older", "123");
        byHand(".image-server/pending/young", "12345");
        age(".image-server/pending/old");
        age(".image-server/pending/older");
        byHand("image/manifest.json", "{}");
        age("image/manifest.json");
        try (PendingBlob inHand = storage.begin(BlobKey.parse("image/file"))) {
            inHand.write(ByteBuffer.wrap(utf8("slow")));
            pendingNames().stream().filter(name -> name.length() > 40).forEach(this::age);

            SweepReport report = ((LocalStorage) storage).sweep(Duration.ofHours(1));

            assertThat(report).isEqualTo(new SweepReport(List.of("old", "older"), 8));
            inHand.commit();
        }
        assertThat(pendingNames()).containsExactly(".image-server/pending/young");
        assertThat(listed("")).containsExactly("image/file", "image/manifest.json");
    }

    @Test
    void saysSoWhenAnotherProcessSweptAFileThatWasBeingWritten() throws IOException {
        try (PendingBlob pending = storage.begin(KEY);
                LocalStorage other = new LocalStorage(root)) {
            pendingNames().forEach(this::age);
            assertThat(other.sweep(Duration.ofHours(1)).names()).hasSize(1);
            assertThatThrownBy(pending::commit).isInstanceOf(NoSuchFileException.class);
        }
        assertThat(storage.stat(KEY)).isEmpty();
    }

    @Test
    void knowsTheRoomThatIsLeft() throws IOException {
        assertThat(((LocalStorage) storage).usableBytes()).isPositive();
    }

    @Test
    void listsWhatStaysWhileDirectoriesComeAndGo() throws Exception {
        for (int i = 0; i < 20; i++) {
            byHand("stays-%02d/manifest.json".formatted(i), "{}");
        }
        AtomicInteger writing = new AtomicInteger(2);
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int writer = 0; writer < 2; writer++) {
            Path directory = root.resolve("comes-and-goes-" + writer);
            tasks.add(() -> {
                for (int round = 0; round < 500; round++) {
                    Files.createDirectory(directory);
                    Path file = Files.writeString(directory.resolve("file"), "x");
                    Files.delete(file);
                    Files.delete(directory);
                }
                return writing.decrementAndGet() >= 0;
            });
        }
        tasks.add(() -> {
            while (writing.get() > 0) {
                assertThat(listed("stays")).hasSize(20);
                assertThat(listed("").stream().filter(name -> name.startsWith("stays")))
                        .hasSize(20);
            }
            return true;
        });
        assertThat(together(tasks)).containsOnly(true);
    }

    private void byHand(String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private void age(String name) {
        try {
            Files.setLastModifiedTime(
                    root.resolve(name), FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> tree() throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.filter(path -> !path.equals(root))
                    .map(path -> root.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    private List<String> pendingNames() throws IOException {
        return tree().stream()
                .filter(name -> name.startsWith(".image-server/pending/"))
                .toList();
    }
}
