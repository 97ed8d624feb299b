package org.imageserver.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.imageserver.TestImages;
import org.imageserver.bundle.Contents.Entry;
import org.imageserver.bundle.Contents.Member;
import org.imageserver.signing.SignatureLine;
import org.imageserver.signing.SigningKey;
import org.imageserver.signing.Statement;
import org.imageserver.signing.VerificationKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody made on purpose, some of it with a key that is trusted. */
class HostileBundleTest {
    private static final SigningKey KEY = SigningKey.generate();
    private static final Trust TRUST = new Trust(List.of(KEY.verification()));
    private static final byte[] CONTENT = "bytes".getBytes(StandardCharsets.UTF_8);
    private static final String UUID = TestImages.uuid(1);

    @TempDir
    Path directory;

    private Place to;

    @BeforeEach
    void makeThePlace() throws IOException {
        to = new Place(directory.resolve("to"));
    }

    @AfterEach
    void closeThePlace() {
        to.close();
    }

    private void refuses(byte[] bundle, String because) {
        assertThatThrownBy(() -> to.importing(bundle, TRUST))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining(because);
        assertThat(to.files()).isEmpty();
        assertThat(directory).isDirectoryNotContaining(path -> !path.endsWith("to"));
    }

    private static Member member(String name) {
        return new Member(name, CONTENT.length, Statement.sha256(CONTENT));
    }

    private static Contents contents(Entry... images) {
        return new Contents(Contents.FORMAT, 1, "2026-01-31T12:00:00Z", List.of(images), List.of());
    }

    private static Entry entry(String manifest, String file, String icon) {
        return new Entry(UUID, "base", "1", null, member(manifest), member(file), member(icon));
    }

    private static byte[] signed(Contents contents) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new BundleWriter(contents, Optional.of(KEY))
                .write(bytes, (image, member) -> new ByteArrayInputStream(CONTENT), count -> {});
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../outside",
                "/etc/outside",
                "00000001-0000-4000-8000-000000000000/../outside",
                "00000001-0000-4000-8000-000000000000/manifest.json",
                "00000002-0000-4000-8000-000000000000/file",
                ".image-server/users.json",
                "file",
                ""
            })
    void refusesMembersOfOtherNamesWhoeverSignedThem(String name) throws Exception {
        refuses(signed(contents(entry(UUID + "/manifest.json", name, UUID + "/icon.png"))), "wrong about");
        refuses(signed(contents(entry(name + "x", UUID + "/file", UUID + "/icon.png"))), "wrong about");
        refuses(signed(contents(entry(UUID + "/manifest.json", UUID + "/file", name))), "wrong about");
    }

    @Test
    void refusesTheSameImageTwice() throws Exception {
        Entry entry = entry(UUID + "/manifest.json", UUID + "/file", UUID + "/icon.png");
        refuses(signed(contents(entry, entry)), "wrong about the uuid");
    }

    @Test
    void refusesAManifestThatIsNone() throws Exception {
        refuses(signed(contents(entry(UUID + "/manifest.json", UUID + "/file", UUID + "/icon.png"))), "cannot be read");
    }

    private byte[] table(UnaryOperator<String> change) {
        String table = new String(
                contents(entry(UUID + "/manifest.json", UUID + "/file", UUID + "/icon.png"))
                        .toBytes(),
                StandardCharsets.UTF_8);
        byte[] changed = change.apply(table).getBytes(StandardCharsets.UTF_8);
        assertThat(changed).isNotEqualTo(table.getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        append(bytes, Contents.TABLE, changed);
        append(
                bytes,
                Contents.SIGNATURE,
                SignatureLine.of(Statement.ofBundle(changed), KEY).toString().getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    private static void append(ByteArrayOutputStream bytes, String name, byte[] content) {
        bytes.writeBytes(TarHeader.of(name, content.length, 1_769_860_800));
        bytes.writeBytes(content);
        bytes.writeBytes(new byte[TarHeader.padding(content.length)]);
    }

    @Test
    void refusesATableThatIsWrongWhoeverSignedIt() {
        refuses(table(text -> text.replace("\"version\" : 1,", "\"version\" : 2,")), "a newer one reads it");
        refuses(table(text -> text.replace("image-server-bundle", "something-else")), "not the table");
        refuses(table(text -> text.replace("\"size\" : 5", "\"size\" : 0")), "wrong about");
        refuses(table(text -> text.replace("\"size\" : 5", "\"size\" : -5")), "wrong about");
        refuses(table(text -> text.replace("\"size\" : 5", "\"size\" : 1e99")), "cannot be understood");
        refuses(table(text -> text.replace("\"name\" : \"base\",", "")), "cannot be understood");
        refuses(table(text -> text.replace("\"earlier\"", "\"created\"")), "cannot be understood");
        refuses(table(text -> text + "{}"), "cannot be understood");
        refuses(table(text -> text.replace("12:00:00Z", "12:00:01Z")), "another time");
        refuses(table(text -> text.replace("2026-01-31T12:00:00Z", "now")), "cannot be understood");
        refuses(table(text -> text.replace("\"images\" : [", "\"images\" : [[[[[")), "cannot be understood");
    }

    /** The headers that tar knows beside plain ones, in place of what belongs there. */
    @Test
    void refusesLinksAndOtherKindsOfMembers() throws Exception {
        Contents contents = contents(entry(UUID + "/manifest.json", UUID + "/file", UUID + "/icon.png"));
        for (byte type : new byte[] {
            TarConstants.LF_SYMLINK,
            TarConstants.LF_LINK,
            TarConstants.LF_DIR,
            TarConstants.LF_FIFO,
            TarConstants.LF_CHR,
            TarConstants.LF_GNUTYPE_SPARSE,
            TarConstants.LF_PAX_EXTENDED_HEADER_LC,
            TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER,
            TarConstants.LF_OLDNORM
        }) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            byte[] table = contents.toBytes();
            append(bytes, Contents.TABLE, table);
            append(
                    bytes,
                    Contents.SIGNATURE,
                    SignatureLine.of(Statement.ofBundle(table), KEY).toString().getBytes(StandardCharsets.UTF_8));
            TarArchiveEntry link = new TarArchiveEntry(UUID + "/manifest.json", type);
            link.setLinkName("/etc/passwd");
            bytes.writeBytes(written(link));
            refuses(bytes.toByteArray(), "the header of " + UUID + "/manifest.json is damaged or of another member");
        }
    }

    @SuppressWarnings("resource") // Closing it would demand the content; there is nothing but memory behind it.
    private static byte[] written(TarArchiveEntry entry) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new TarArchiveOutputStream(bytes).putArchiveEntry(entry);
        byte[] header = bytes.toByteArray();
        return header.length == 0 ? new byte[TarHeader.BLOCK] : header;
    }

    @Test
    void refusesATableThatWouldFillTheMemory() {
        byte[] header = TarHeader.of(Contents.TABLE, (1L << 33) - 1, 1_769_860_800);
        refuses(header, "is larger than");
    }

    @Test
    void refusesAnOrdinaryTar() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry entry = new TarArchiveEntry("../outside");
            entry.setSize(CONTENT.length);
            tar.putArchiveEntry(entry);
            tar.write(CONTENT);
            tar.closeArchiveEntry();
        }
        refuses(bytes.toByteArray(), "it is no bundle of image-server");
    }

    /** Later versions of this server read what the first one wrote; this file never changes. */
    @Test
    void importsTheBundleOfTheFirstVersion() throws Exception {
        Path resources = Path.of("src/test/resources/bundles");
        byte[] bundle = Files.readAllBytes(resources.resolve("v1-signed.tar"));
        Trust trust = new Trust(List.of(VerificationKey.parse(Files.readString(resources.resolve("v1.key.pub")))));
        BundleImport.Result result = to.importing(bundle, trust);
        assertThat(result.imported())
                .extracting(Entry::toString)
                .containsExactly(
                        "base 1.0.0 (11111111-1111-4111-8111-111111111111)",
                        "built 1.0.1 (22222222-2222-4222-8222-222222222222)");
        assertThat(to.catalogue().snapshot().images()).hasSize(2);
        assertThat(to.importing(bundle, trust).there()).hasSize(2);
    }
}
