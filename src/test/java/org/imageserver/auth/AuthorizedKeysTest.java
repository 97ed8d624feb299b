package org.imageserver.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizedKeysTest {
    private static final SshKey KEY = SshKey.ed25519();

    @TempDir
    private Path directory;

    @Test
    void readsEveryKindOfKeyThatSshKeygenMakes() throws Exception {
        Files.copy(Path.of("src/test/resources/auth/alice.keys"), directory.resolve("alice.keys"));
        AuthorizedKeys keys = new AuthorizedKeys(directory);
        assertThat(keys.reload().problems()).isEmpty();
        assertThat(keys.of("alice"))
                .extracting(key -> key.key().getAlgorithm())
                .containsExactly("RSA", "EC", "EC", "EC", "EdDSA");
        // As "ssh-keygen -l -E md5" and "ssh-keygen -l" printed them.
        SshPublicKey rsa = keys.of("alice").getFirst();
        assertThat(rsa.hasFingerprint("eb:6f:8f:8b:fe:24:0f:bb:7a:b0:0e:cc:3b:ab:81:7b"))
                .isTrue();
        assertThat(rsa.hasFingerprint("MD5:EB:6F:8F:8B:FE:24:0F:BB:7A:B0:0E:CC:3B:AB:81:7B"))
                .isTrue();
        assertThat(rsa.hasFingerprint("SHA256:deHRKfcoQvJRNYplaF0p3oEoUtIWJ3StjhZqklYGGmc"))
                .isTrue();
        assertThat(rsa.hasFingerprint("d7:b5:3e:56:ce:cc:13:68:42:53:0e:d3:27:e4:4d:6e"))
                .isFalse();
        assertThat(keys.of("alice").getLast().hasFingerprint("SHA256:vsPjnpu7mCQRVGVsM2n6I2pfUMC31rwW3knqUkXrDwo"))
                .isTrue();
    }

    @Test
    void skipsCommentsAndEmptyLines() throws Exception {
        assertThat(load("# a comment\n\n   \n  " + KEY.line() + "\r\n").problems())
                .isEmpty();
        assertThat(keysOfAlice()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no-pty",
                "command=\"echo ssh-rsa AAAA\",no-pty",
                "command=\"say \\\"hi there\\\"\",environment=\"A=b c\"",
                "command=\"cert-authority,from=x\"",
            })
    void toleratesOptionsBeforeTheKey(String options) throws Exception {
        assertThat(load(options + " " + KEY.line()).problems()).isEmpty();
        assertThat(keysOfAlice()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"from=\"10.0.0.0/8\"", "no-pty,from=\"10.0.0.1\"", "cert-authority", "expiry-time=\"20301231\""})
    void doesNotUseAKeyWhoseRestrictionItCannotKeep(String options) throws Exception {
        assertThat(load(options + " " + KEY.line()).problems())
                .singleElement()
                .asString()
                .contains("cannot be kept here");
        assertThat(keysOfAlice()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "nonsense | no ssh public key",
                "ssh-rsa | no key after ssh-rsa",
                "ssh-rsa %%% | not base64",
                "ssh-rsa AAAA | cut off",
                "ssh-rsa AAAAB3NzaC1yc2E= | cut off",
                "ssh-rsa /////w== | cut off",
                "ssh-ed25519 AAAAB3NzaC1yc2E= | the line says ssh-ed25519",
                "ssh-dss AAAAB3NzaC1kc3M= | ssh-dss keys are not supported",
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAAQA= | of 1 bytes",
                "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAX8= | RSA key of 7 bits",
                "\" \" \" | no ssh public key",
            })
    void skipsABadLineAndSaysFileLineAndReason(String line, String reason) throws Exception {
        AuthorizedKeys.Loaded loaded = load("# first\n" + line + "\n" + KEY.line() + "\n");
        assertThat(loaded.keys()).isEqualTo(1);
        assertThat(loaded.problems())
                .singleElement()
                .asString()
                .startsWith(directory.resolve("alice.keys") + " line 2: ")
                .contains(reason);
        assertThat(keysOfAlice()).hasSize(1);
    }

    @Test
    void skipsAKeyThatIsCutOrHasMoreThanItShould() throws Exception {
        byte[] blob = SshKey.ecdsa(256).blob();
        byte[] longer = Arrays.copyOf(blob, blob.length + 1);
        byte[] shorter = Arrays.copyOf(blob, blob.length - 1);
        String type = "ecdsa-sha2-nistp256 ";
        Base64.Encoder base64 = Base64.getEncoder();
        assertThat(load(type + base64.encodeToString(longer) + "\n" + type + base64.encodeToString(shorter))
                        .problems())
                .hasSize(2);
        assertThat(keysOfAlice()).isEmpty();
    }

    @Test
    void takesLinesOfAnyLengthAndEncoding() throws Exception {
        byte[] line = (KEY.line() + " \u00e9" + " x".repeat(100_000)).getBytes(StandardCharsets.ISO_8859_1);
        Files.write(directory.resolve("alice.keys"), line);
        assertThat(new AuthorizedKeys(directory).of("alice")).hasSize(1);
        assertThat(load("x=\"" + "y \\\" ".repeat(100_000)).problems()).hasSize(1);
    }

    @Test
    void seesChangesOnReloadOnly() throws Exception {
        AuthorizedKeys keys = new AuthorizedKeys(directory);
        Files.writeString(directory.resolve("alice.keys"), KEY.line());
        assertThat(keys.of("alice")).isEmpty();
        keys.reload();
        assertThat(keys.of("alice")).hasSize(1);
        Files.delete(directory.resolve("alice.keys"));
        keys.reload();
        assertThat(keys.of("alice")).isEmpty();
    }

    @Test
    void noDirectoryIsNoKeysAndNoProblem() {
        AuthorizedKeys keys = new AuthorizedKeys(directory.resolve("nowhere"));
        assertThat(keys.reload()).isEqualTo(new AuthorizedKeys.Loaded(0, List.of()));
    }

    private AuthorizedKeys.Loaded load(String text) throws IOException {
        Files.writeString(directory.resolve("alice.keys"), text);
        return new AuthorizedKeys(directory).reload();
    }

    private List<SshPublicKey> keysOfAlice() {
        return new AuthorizedKeys(directory).of("alice");
    }
}
