package org.imageserver.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures by OpenSSH 9.2 over {@code abc.123.def}: {@code printf %s TEXT | ssh-keygen -Y sign -n image-server -f KEY}. */
class SshSignatureTest {
    private static final Path DIRECTORY = Path.of("src/test/resources/auth/sshsig");
    private static final String TEXT = "abc.123.def";

    @TempDir
    private Path directory;

    private List<SshPublicKey> keys = List.of();

    @BeforeEach
    void start() throws IOException {
        Files.copy(DIRECTORY.resolve("carol.keys"), directory.resolve("carol.keys"));
        keys = new AuthorizedKeys(directory).of("carol");
    }

    private static String armored(String name) throws IOException {
        return Files.readString(DIRECTORY.resolve(name + ".sig"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ed25519-sha256", "rsa", "ecdsa256", "ecdsa384", "ecdsa521"})
    void knowsWhatOpenSshMade(String name) throws IOException {
        SshSignature signature =
                SshSignature.parse("\n  " + armored(name).replace("\n", "\r\n")).orElseThrow();
        assertThat(signature.namespace()).isEqualTo("image-server");
        List<SshPublicKey> named = keys.stream()
                .filter(key -> key.sha256().equals(signature.fingerprint()))
                .toList();
        assertThat(named).hasSize(1);
        assertThat(signature.isOf(named.getFirst().key(), TEXT)).isTrue();
        assertThat(signature.isOf(named.getFirst().key(), TEXT + "x")).isFalse();
        for (SshPublicKey other : keys) {
            assertThat(signature.isOf(other.key(), TEXT)).isEqualTo(other.equals(named.getFirst()));
        }
    }

    @Test
    void tellsWhatItWasMadeFor() throws IOException {
        assertThat(SshSignature.parse(armored("ed25519-file")).orElseThrow().namespace())
                .isEqualTo("file");
    }

    @Test
    void whatIsDamagedIsNoSignatureOrAWrongOne() throws IOException {
        String good = armored("ecdsa256");
        byte[] blob = Base64.getMimeDecoder().decode(good.replaceAll("-----[A-Z ]+-----", ""));
        for (int index = 0; index < blob.length; index++) {
            byte[] damaged = blob.clone();
            damaged[index] ^= 1;
            String text = armor(damaged);
            assertThat(SshSignature.parse(text).filter(signature -> isBySomebody(signature)))
                    .as("byte %d", index)
                    .isEmpty();
            byte[] cut = Arrays.copyOf(blob, index);
            assertThat(SshSignature.parse(armor(cut))).as("cut at %d", index).isEmpty();
        }
        assertThat(SshSignature.parse(armor(blob)).filter(this::isBySomebody)).isPresent();
    }

    private boolean isBySomebody(SshSignature signature) {
        return signature.namespace().equals("image-server")
                && keys.stream()
                        .filter(key -> key.sha256().equals(signature.fingerprint()))
                        .anyMatch(key -> signature.isOf(key.key(), TEXT));
    }

    private static String armor(byte[] blob) {
        return "-----BEGIN SSH SIGNATURE-----\n" + Base64.getMimeEncoder().encodeToString(blob)
                + "\n-----END SSH SIGNATURE-----\n";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "-----BEGIN SSH SIGNATURE-----",
                "-----BEGIN SSH SIGNATURE-----END SSH SIGNATURE-----",
                "-----BEGIN SSH SIGNATURE----------END SSH SIGNATURE-----",
                "-----BEGIN SSH SIGNATURE-----\n=\n-----END SSH SIGNATURE-----"
            })
    void whatIsNoSignatureIsNone(String text) {
        assertThat(SshSignature.parse(text)).isEmpty();
    }

    @Test
    void nothingOfAnySizeIsRead() {
        String large = armor(new byte[1_000_000]);
        assertThat(large.getBytes(StandardCharsets.US_ASCII)).hasSizeGreaterThan(1_000_000);
        assertThat(SshSignature.parse(large)).isEmpty();
    }
}
