package org.imageserver.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.imageserver.TestImages;
import org.imageserver.signing.SigningKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleTest {
    private static final SigningKey KEY = SigningKey.generate();
    private static final Trust TRUST = new Trust(List.of(KEY.verification()));
    private static final byte[] ICON = {(byte) 0x89, 'P', 'N', 'G', 1, 2, 3};

    @TempDir
    Path directory;

    private Place from;
    private Place to;

    @BeforeEach
    void makeThePlaces() throws IOException {
        from = new Place(directory.resolve("from"));
        to = new Place(directory.resolve("to"));
    }

    @AfterEach
    void closeThePlaces() {
        from.close();
        to.close();
    }

    /** Bytes that no stream check looks at. */
    private static ObjectNode arbitrary(ObjectNode manifest) {
        ((ObjectNode) manifest.at("/files/0")).put("compression", "none");
        return manifest.put("type", "other");
    }

    private String add(int number) {
        return from.images().add(number, BundleTest::arbitrary);
    }

    private String addOn(int number, String origin) {
        return from.images().add(number, manifest -> arbitrary(manifest).put("origin", origin));
    }

    private List<String> here() {
        return to.catalogue().snapshot().images().stream()
                .map(image -> image.name() + " " + image.state().jsonName())
                .toList();
    }

    @Test
    void carriesImagesAsTheyAre() throws Exception {
        String origin = from.images()
                .add(
                        1,
                        manifest -> arbitrary(manifest)
                                .put("name", "origin")
                                .put("description", "eine \"Größe\"\n基本 🦉")
                                .put("disabled", true)
                                .put("state", "disabled"));
        String built = addOn(2, origin);
        from.images().put(built, "icon.png", ICON);
        BundleImport.Result result = to.importing(from.bundle(Optional.of(KEY), origin, built), TRUST);
        assertThat(result.imported()).extracting(Contents.Entry::uuid).containsExactly(origin, built);
        for (String uuid : List.of(origin, built)) {
            assertThat(manifest(to, uuid)).isEqualTo(manifest(from, uuid));
        }
        assertThat(here()).containsExactlyInAnyOrder("origin disabled", "image-00000002 active");
        assertThat(directory.resolve("to").resolve(built).resolve("icon.png")).hasBinaryContent(ICON);
        byte[] file =
                Files.readAllBytes(directory.resolve("from").resolve(built).resolve("file"));
        assertThat(directory.resolve("to").resolve(built)).isDirectoryContaining(path -> hasBytes(path, file));
    }

    private static boolean hasBytes(Path path, byte[] bytes) {
        try {
            return Arrays.equals(Files.readAllBytes(path), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode manifest(Place place, String uuid) {
        String json = new String(
                place.catalogue().snapshot().find(uuid).orElseThrow().json().bytes(), StandardCharsets.UTF_8);
        return TestImages.json(json);
    }

    @Test
    void carriesRealStreamsThatBuildOnEachOther() throws Exception {
        Path streams = Path.of("src/test/resources/zstream/valid");
        String origin = from.images().add(1, Files.readAllBytes(streams.resolve("fuse-full.zfs.gz")));
        byte[] increment = Files.readAllBytes(streams.resolve("fuse-incr.zfs.gz"));
        String built = TestImages.uuid(2);
        from.images().put(built, "file", increment);
        from.images()
                .put(
                        built,
                        "manifest.json",
                        TestImages.manifest(built, increment)
                                .put("origin", origin)
                                .toString());
        String other = from.images().add(3, Files.readAllBytes(streams.resolve("v23-clone-full.zfs.gz")));
        to.importing(from.bundle(Optional.of(KEY), origin, built), TRUST);
        assertThat(here()).hasSize(2);

        from.images()
                .put(
                        built,
                        "manifest.json",
                        TestImages.manifest(built, increment)
                                .put("origin", other)
                                .toString());
        byte[] misfit = from.bundle(Optional.of(KEY), other, built);
        try (Place elsewhere = new Place(directory.resolve("elsewhere"))) {
            assertThatThrownBy(() -> elsewhere.importing(misfit, TRUST))
                    .hasMessageContaining("in the bundle is refused");
            assertThat(elsewhere.files()).isEmpty();
        }
    }

    /** A hand may have written such a name; nobody can publish it. */
    @Test
    void saysWhichManifestBreaksTheRules() throws Exception {
        String uuid = from.images().add(1, manifest -> arbitrary(manifest).put("name", "Größe"));
        byte[] bundle = from.bundle(Optional.of(KEY), add(2), uuid);
        assertThatThrownBy(() -> to.importing(bundle, TRUST))
                .hasMessageContaining("Größe 1.0.0 (" + uuid + ") in the bundle is refused: invalid image data: name");
        assertThat(to.files()).isEmpty();
    }

    @Test
    void importingTwiceChangesNothing() throws Exception {
        byte[] bundle = from.bundle(Optional.of(KEY), add(1), add(2));
        to.importing(bundle, TRUST);
        Map<String, String> before = to.files();
        BundleImport.Result result = to.importing(bundle, TRUST);
        assertThat(result.imported()).isEmpty();
        assertThat(result.there()).hasSize(2);
        assertThat(to.files()).isEqualTo(before);
    }

    @Test
    void leavesAnImageAloneThatIsHereWithAnotherFile() throws Exception {
        String uuid = add(1);
        to.images().add(1, manifest -> arbitrary(manifest).put("name", "own"));
        ObjectNode own = arbitrary(TestImages.manifest(uuid, "other bytes".getBytes(StandardCharsets.UTF_8)));
        to.images().put(uuid, "file", "other bytes".getBytes(StandardCharsets.UTF_8));
        to.images().put(uuid, "manifest.json", own.put("name", "own").toString());
        to.catalogue().rescan();
        BundleImport.Result result = to.importing(from.bundle(Optional.of(KEY), uuid), TRUST);
        assertThat(result.different()).hasSize(1);
        assertThat(here()).containsExactly("own active");
    }

    @Test
    void refusesAFlippedByteAnywhere() throws Exception {
        String uuid = add(1);
        from.images().put(uuid, "icon.png", ICON);
        byte[] bundle = from.bundle(Optional.of(KEY), uuid);
        refusesFlippedBytes(bundle, bundle.length, TRUST);
        assertThat(to.importing(bundle, TRUST).imported()).hasSize(1);
    }

    /** What follows the table is guarded as in a signed one. */
    @Test
    void refusesAFlippedByteInAnUnsignedTable() throws Exception {
        byte[] bundle = from.bundle(Optional.empty(), add(1));
        long table = TarHeader.whole(TarHeader.size(bundle).orElseThrow());
        refusesFlippedBytes(bundle, (int) table + 2 * TarHeader.BLOCK, Trust.ANYBODY);
        assertThat(to.importing(bundle, Trust.ANYBODY).imported()).hasSize(1);
    }

    private void refusesFlippedBytes(byte[] bundle, int end, Trust trust) {
        for (int at = 0; at < end; at++) {
            byte[] damaged = bundle.clone();
            damaged[at] ^= (byte) (at % 9 == 8 ? 0xff : 1 << at % 9);
            assertThatThrownBy(() -> to.importing(damaged, trust))
                    .as("byte %d of %d", at, bundle.length)
                    .isInstanceOf(BundleException.class);
        }
        assertThat(to.files()).isEmpty();
    }

    @Test
    void refusesABundleThatIsCutShortAnywhere() throws Exception {
        byte[] bundle = from.bundle(Optional.of(KEY), add(1), add(2));
        for (int length = 0; length < bundle.length; length += length % 512 > 2 ? 47 : 1) {
            byte[] cut = Arrays.copyOf(bundle, length);
            assertThatThrownBy(() -> to.importing(cut, TRUST))
                    .as("%d of %d bytes", length, bundle.length)
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining("cut short");
        }
        assertThat(to.files()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 512, 10_240})
    void refusesWhatFollowsTheEnd(int more) throws Exception {
        byte[] bundle = from.bundle(Optional.of(KEY), add(1));
        byte[] longer = Arrays.copyOf(bundle, bundle.length + more);
        assertThatThrownBy(() -> to.importing(longer, TRUST))
                .hasMessageContaining("damaged at byte " + bundle.length)
                .hasMessageContaining("follows the end");
        assertThat(to.files()).isEmpty();
    }

    @Test
    void refusesWhoeverIsNotTrusted() throws Exception {
        String uuid = add(1);
        SigningKey other = SigningKey.generate();
        assertThatThrownBy(() -> to.importing(from.bundle(Optional.of(other), uuid), TRUST))
                .hasMessageContaining("not trusted")
                .hasMessageContaining(other.verification().fingerprint());
        assertThatThrownBy(() -> to.importing(from.bundle(Optional.empty(), uuid), TRUST))
                .hasMessageContaining("is not signed");
        assertThat(to.files()).isEmpty();
        Trust both = new Trust(List.of(KEY.verification(), other.verification()));
        assertThat(to.importing(from.bundle(Optional.of(other), uuid), both).imported())
                .hasSize(1);
    }

    /** The signature of another table, by the same key. */
    @Test
    void refusesASignatureOfSomethingElse() throws Exception {
        byte[] one = from.bundle(Optional.of(KEY), add(1));
        byte[] two = from.bundle(Optional.of(KEY), add(2));
        int at = (int) TarHeader.whole(TarHeader.size(one).orElseThrow()) + TarHeader.BLOCK;
        byte[] mixed = one.clone();
        System.arraycopy(two, at, mixed, at, TarHeader.BLOCK);
        assertThat(mixed).isNotEqualTo(one);
        assertThatThrownBy(() -> to.importing(mixed, TRUST)).hasMessageContaining("one of the two was changed");
    }

    @Test
    void needsTheOriginHereOrInTheBundle() throws Exception {
        String origin = add(1);
        String built = addOn(2, origin);
        byte[] alone = from.bundle(Optional.of(KEY), built);
        assertThatThrownBy(() -> to.importing(alone, TRUST))
                .hasMessageContaining(built)
                .hasMessageContaining("builds on " + origin)
                .hasMessageContaining("--with-origins");
        assertThatThrownBy(() -> to.importing(from.bundle(Optional.of(KEY), built, origin), TRUST))
                .hasMessageContaining("builds on " + origin);
        assertThat(to.files()).isEmpty();
        to.importing(from.bundle(Optional.of(KEY), origin), TRUST);
        assertThat(to.importing(alone, TRUST).imported()).hasSize(1);
    }

    @Test
    void showsNothingBeforeTheLastByteIsVerified() throws Exception {
        byte[] bundle = from.bundle(Optional.of(KEY), add(1), add(2));
        ByteBuffer bytes = ByteBuffer.wrap(bundle);
        ReadableByteChannel watched = new Slowly(() -> {
            try {
                to.catalogue().rescan();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            assertThat(here()).isEmpty();
            return bytes.hasRemaining() ? Optional.of(bytes.get()) : Optional.empty();
        });
        assertThat(to.importing(watched, TRUST).imported()).hasSize(2);
        assertThat(here()).hasSize(2);
    }

    @Test
    void leavesNothingWhenTheSenderGoesAway() throws Exception {
        byte[] bundle = from.bundle(Optional.of(KEY), add(1), add(2));
        ByteBuffer bytes = ByteBuffer.wrap(bundle, 0, bundle.length - 600);
        ReadableByteChannel broken = new Slowly(() -> {
            if (!bytes.hasRemaining()) {
                throw new UncheckedIOException(new IOException("the stick was pulled out"));
            }
            return Optional.of(bytes.get());
        });
        assertThatThrownBy(() -> to.importing(broken, TRUST)).hasMessageContaining("the stick was pulled out");
        assertThat(to.files()).isEmpty();
    }

    @Test
    void publishesNothingWhenAFileIsGoneByThen() throws Exception {
        byte[] bundle = from.bundle(Optional.of(KEY), add(1), add(2));
        ByteBuffer bytes = ByteBuffer.wrap(bundle);
        ReadableByteChannel watched = new Slowly(() -> {
            if (bytes.remaining() == 1) {
                to.files().keySet().stream()
                        .filter(name -> name.startsWith(TestImages.uuid(1)))
                        .forEach(name -> remove(directory.resolve("to").resolve(name)));
            }
            return bytes.hasRemaining() ? Optional.of(bytes.get()) : Optional.empty();
        });
        assertThatThrownBy(() -> to.importing(watched, TRUST)).hasMessageContaining("was removed before");
        assertThat(to.files()).isEmpty();
    }

    private static void remove(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One byte at a time, as a bad pipe gives them. */
    private record Slowly(Supplier<Optional<Byte>> next) implements ReadableByteChannel {
        @Override
        public int read(ByteBuffer into) throws IOException {
            if (!into.hasRemaining()) {
                return 0;
            }
            try {
                Optional<Byte> one = next.get();
                one.ifPresent(into::put);
                return one.isPresent() ? 1 : -1;
            } catch (UncheckedIOException e) {
                throw Objects.requireNonNull(e.getCause());
            }
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void refusesToBundleAFileThatIsDamaged() throws Exception {
        String uuid = add(1);
        byte[] file = Files.readAllBytes(directory.resolve("from").resolve(uuid).resolve("file"));
        file[3] ^= 1;
        from.images().put(uuid, "file", file);
        assertThatThrownBy(() -> from.bundle(Optional.of(KEY), uuid)).hasMessageContaining("is damaged");
    }

    @Test
    void isATarThatUnpacksIntoADirectoryThatCanBeServed() throws Exception {
        String origin = add(1);
        String built = addOn(2, origin);
        byte[] bundle = from.bundle(Optional.of(KEY), origin, built);
        Path unpacked = directory.resolve("unpacked");
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(bundle))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = unpacked.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.write(file, tar.readAllBytes());
            }
        }
        try (Place place = new Place(unpacked)) {
            assertThat(place.catalogue().snapshot().images()).hasSize(2);
            assertThat(place.catalogue().snapshot().problems()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 511, 512, (1L << 33) - 1, 1L << 33, 20L << 30, 5L << 40})
    void statesAnySizeSoThatTarReadsIt(long size) throws Exception {
        byte[] header = TarHeader.of(TestImages.uuid(1) + "/file", size, 1_700_000_000);
        assertThat(TarHeader.whole(size) - size - TarHeader.padding(size)).isEqualTo(header.length);
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(header))) {
            TarArchiveEntry entry = tar.getNextEntry();
            assertThat(entry.getName()).isEqualTo(TestImages.uuid(1) + "/file");
            assertThat(entry.getSize()).isEqualTo(size);
            assertThat(entry.isFile()).isTrue();
        }
    }

    @Test
    void refusesWhateverIsNoBundle() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            byte[] noise = new byte[random.nextInt(4096)];
            random.nextBytes(noise);
            assertThatThrownBy(() -> to.importing(noise, Trust.ANYBODY)).isInstanceOf(BundleException.class);
        }
        assertThat(to.files()).isEmpty();
    }
}
