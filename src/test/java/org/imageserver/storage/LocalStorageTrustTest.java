package org.imageserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What lies in the directory is looked at before it is believed. */
class LocalStorageTrustTest extends StorageFixture {
    @TempDir
    Path root;

    @TempDir
    Path outside;

    @Override
    Storage newStorage() throws IOException {
        return new LocalStorage(root);
    }

    @BeforeEach
    void putAnImageInsideAndASecretOutside() throws IOException {
        Files.createDirectory(root.resolve("image"));
        Files.writeString(root.resolve("image/manifest.json"), "{}");
        Files.writeString(outside.resolve("secret"), "secret");
    }

    @Test
    void followsSymlinksThatStayInside() throws IOException {
        Files.createSymbolicLink(root.resolve("image/again"), Path.of("manifest.json"));
        Files.createSymbolicLink(root.resolve("alias"), root.resolve("image"));
        Files.createSymbolicLink(root.resolve("loop"), Path.of("."));
        Files.writeString(root.resolve("top"), "x");

        assertThat(listed(""))
                .containsExactly(
                        "alias/again", "alias/manifest.json", "image/again", "image/manifest.json", "loop/top", "top");
        assertThat(listed("alias/")).containsExactly("alias/again", "alias/manifest.json");
        assertThat(read(BlobKey.parse("alias/again"))).isEqualTo(utf8("{}"));
        assertThat(refused()).isEmpty();
    }

    @Test
    void deletesASymlinkAndNotWhatItLeadsTo() throws IOException {
        Files.createSymbolicLink(root.resolve("image/again"), Path.of("manifest.json"));
        assertThat(storage.delete(BlobKey.parse("image/again"))).isTrue();
        assertThat(listed("")).containsExactly("image/manifest.json");

        Files.createSymbolicLink(root.resolve("alias"), root.resolve("image"));
        assertThat(storage.delete(BlobKey.parse("alias/manifest.json"))).isTrue();
        assertThat(root.resolve("image")).isEmptyDirectory();
        assertThat(root.resolve("alias")).isSymbolicLink();
    }

    @Test
    void replacesASymlinkAndNotWhatItLeadsTo() throws IOException {
        Files.createSymbolicLink(root.resolve("image/out"), outside.resolve("secret"));
        write(BlobKey.parse("image/out"), utf8("mine"));
        assertThat(outside.resolve("secret")).hasContent("secret");
        assertThat(read(BlobKey.parse("image/out"))).isEqualTo(utf8("mine"));
    }

    @Test
    void doesNotFollowSymlinksThatLeadOutside() throws IOException {
        Files.createSymbolicLink(root.resolve("image/out"), outside.resolve("secret"));
        Files.createSymbolicLink(
                root.resolve("image/relative"), root.resolve("image").relativize(outside.resolve("secret")));
        Files.createSymbolicLink(root.resolve("directory"), outside);
        Files.createSymbolicLink(root.resolve("image/by-way-of"), Path.of("out"));

        assertThat(listed("")).containsExactly("image/manifest.json");
        assertThat(listed("directory/")).isEmpty();
        for (String value : List.of("image/out", "image/relative", "image/by-way-of", "directory/secret")) {
            BlobKey key = BlobKey.parse(value);
            assertThatThrownBy(() -> storage.open(key))
                    .isInstanceOf(NoSuchBlobException.class)
                    .hasMessageContaining(value)
                    .hasMessageContaining("symlink to " + outside.toRealPath());
            assertThat(storage.stat(key)).isEmpty();
            assertThat(storage.delete(key)).isFalse();
            assertThatThrownBy(() -> storage.createIfAbsent(key, utf8("x"))).hasMessageContaining("symlink");
        }
        assertThatThrownBy(() -> write(BlobKey.parse("directory/new"), utf8("x")))
                .hasMessageContaining("symlink");
        assertThat(outside.toFile().list()).containsExactly("secret");
        assertThat(refused()).containsExactly("directory", "image/by-way-of", "image/out", "image/relative");
    }

    @Test
    void doesNotMistakeASiblingOfTheRootForItsInside() throws IOException {
        Path sibling = Files.createDirectory(root.resolveSibling(root.getFileName() + "-sibling"));
        Files.writeString(sibling.resolve("secret"), "secret");
        Files.createSymbolicLink(root.resolve("image/out"), sibling.resolve("secret"));
        assertThat(listed("")).containsExactly("image/manifest.json");
        Files.delete(sibling.resolve("secret"));
        Files.delete(sibling);
    }

    @Test
    void doesNotFollowASymlinkToBytesThatAreNotCommitted() throws IOException {
        try (PendingBlob pending = storage.begin(KEY)) {
            Files.createSymbolicLink(root.resolve("peek"), root.resolve(".image-server/pending"));
            assertThat(listed("peek/")).isEmpty();
            assertThat(refused()).containsExactly("peek");
            assertThat(pending.isOpen()).isTrue();
        }
    }

    @Test
    void doesNotPutPendingBytesOutside() throws IOException {
        Files.createSymbolicLink(root.resolve(".image-server"), outside);
        assertThatThrownBy(() -> storage.begin(KEY))
                .hasMessageContaining(".image-server")
                .hasMessageContaining("symlink");
    }

    @Test
    void takesNoNoticeOfSymlinksThatLeadNowhere() throws IOException {
        Files.createSymbolicLink(root.resolve("image/dangling"), Path.of("gone"));
        Files.createSymbolicLink(root.resolve("image/circle"), Path.of("circle"));
        assertThat(listed("")).containsExactly("image/manifest.json");
        assertThat(storage.stat(BlobKey.parse("image/circle"))).isEmpty();
        assertThat(refused()).containsExactly("image/circle", "image/dangling");
    }

    @Test
    @Timeout(30)
    void neverWaitsForAFifo() throws Exception {
        run("mkfifo", root.resolve("image/fifo").toString());
        Files.createSymbolicLink(root.resolve("image/link"), Path.of("fifo"));
        for (String value : List.of("image/fifo", "image/link")) {
            BlobKey key = BlobKey.parse(value);
            assertThatThrownBy(() -> storage.open(key))
                    .isInstanceOf(NoSuchBlobException.class)
                    .hasMessageContaining("neither a file nor a directory");
            assertThat(storage.delete(key)).isFalse();
        }
        assertThat(listed("")).containsExactly("image/manifest.json");
        assertThat(refused()).containsExactly("image/fifo", "image/link");
    }

    @Test
    void doesNotShowDotFilesAndWhatIsInDotDirectories() throws IOException {
        Files.writeString(root.resolve(".DS_Store"), "x");
        Files.writeString(root.resolve("image/.manifest.json.swp"), "x");
        Files.createDirectory(root.resolve(".zfs"));
        Files.writeString(root.resolve(".zfs/file"), "x");
        assertThat(listed("")).containsExactly("image/manifest.json");
        assertThat(refused()).isEmpty();
    }

    @Test
    void leavesOutNamesThatAreNoKeys() throws Exception {
        Files.writeString(root.resolve("image/line\nbreak"), "x");
        Files.writeString(root.resolve("image/back\\slash"), "x");
        Files.createDirectory(root.resolve("bell\7"));
        Files.writeString(root.resolve("bell\7/file"), "x");
        run(
                "sh",
                "-c",
                "touch \"$0/$(printf 'not-utf8-\\377')\"",
                root.resolve("image").toString());

        assertThat(listed("")).containsExactly("image/manifest.json");
        assertThat(refused()).hasSize(4).contains("bell\\u0007", "image/line\\u000abreak", "image/back\\slash");
    }

    @Test
    void storesNamesInAllLanguages() throws IOException {
        assumeThat(fileNamesAreUnicode()).isTrue();
        BlobKey key = BlobKey.parse("Schlüssel/ключ-鍵-🔑");
        write(key, utf8("x"));
        assertThat(read(key)).isEqualTo(utf8("x"));
        assertThat(storage.list("Sch")).extracting(BlobInfo::key).containsExactly(key);
    }

    @Test
    void saysWhatToDoWhenTheLocaleLacksTheLetters() {
        assumeThat(fileNamesAreUnicode()).isFalse();
        BlobKey key = BlobKey.parse("Schlüssel/鍵");
        assertThatThrownBy(() -> storage.open(key))
                .isInstanceOf(NoSuchBlobException.class)
                .hasMessageContaining("LC_ALL");
        assertThatThrownBy(() -> storage.begin(key))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("LC_ALL");
    }

    private static boolean fileNamesAreUnicode() {
        return Charset.forName(System.getProperty("sun.jnu.encoding"))
                .newEncoder()
                .canEncode("ü鍵");
    }

    private List<String> refused() throws IOException {
        return ((LocalStorage) storage)
                .refused().stream().map(RefusedFile::name).toList();
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
