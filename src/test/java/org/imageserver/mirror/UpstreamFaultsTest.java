package org.imageserver.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.tls.CertificateFiles;
import org.imageserver.tls.SelfSigned;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Everything that can go wrong at a source or on the way from it, for images that come by schedule and for those that come
 * when somebody asks: what is bad is never to be seen, and what is good arrives in the end.
 */
class UpstreamFaultsTest extends WithUpstream {
    private static final String MIRROR = "mirror";
    private static final String ON_DEMAND = "on-demand";
    private static final int SIZE = 1_200_000;

    private final String uuid = upstream.add(1, "base", bytes(1, SIZE));

    private TestServer serveAs(String policy, FaultyUpstream from, String keys) {
        return serve("\"idle_seconds\": 1, \"sources\": [" + source(from, policy, keys) + "]");
    }

    private void assertArrives(String policy) {
        assertArrives(policy, upstream, "");
    }

    private void assertArrives(String policy, FaultyUpstream from, String keys) {
        try (TestServer server = serveAs(policy, from, keys)) {
            if (policy.equals(MIRROR)) {
                await().atMost(SOON).until(() -> isHere(server, uuid));
            } else {
                awaitKnown(server, uuid);
            }
            assertThat(server.getBytes(fileOf(uuid)).body()).isEqualTo(bytes(1, SIZE));
            assertThat(isHere(server, uuid)).isTrue();
        }
    }

    private void assertRefused(String policy, String reason) throws IOException {
        try (TestServer server = serveAs(policy, upstream, "")) {
            if (policy.equals(MIRROR)) {
                awaitWarning(server, reason);
                assertThat(server.get("/images/" + uuid).statusCode()).isEqualTo(404);
            } else {
                awaitKnown(server, uuid);
                assertNobodyGetsIt(server);
                awaitWarning(server, reason);
            }
            assertThat(isHere(server, uuid)).isFalse();
            await().atMost(SOON).until(() -> stored().isEmpty());
        }
    }

    private static void awaitWarning(TestServer server, String part) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(server.log().warnings()).anyMatch(line -> line.contains(part)));
    }

    /** It is refused, or cut before its end. */
    private void assertNobodyGetsIt(TestServer server) {
        try {
            assertThat(server.getBytes(fileOf(uuid)).statusCode()).isEqualTo(503);
        } catch (UncheckedIOException e) {
            assertThat(e).hasRootCauseInstanceOf(IOException.class);
        }
    }

    private List<String> stored() throws IOException {
        try (Stream<Path> entries = Files.list(directory.resolve("images"))) {
            return entries.map(path -> path.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {MIRROR, ON_DEMAND})
    void aSourceThatFallsSilentIsAskedForTheRest(String policy) {
        upstream.stallOnce(SIZE / 2);
        assertArrives(policy);
        assertThat(upstream.fetches(uuid)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {MIRROR, ON_DEMAND})
    void aTransferThatBreaksAnywhereIsTakenUp(String policy) {
        int at = new Random().nextInt(SIZE);
        upstream.cut(1, at);
        assertArrives(policy);
        assertThat(upstream.requests()).as("cut at %d", at).anyMatch(line -> line.endsWith("bytes=" + at + "-"));
    }

    @ParameterizedTest
    @ValueSource(strings = {MIRROR, ON_DEMAND})
    void aTransferThatBreaksAgainAndAgainArrives(String policy) {
        upstream.cut(5, SIZE / 8);
        assertArrives(policy);
        assertThat(upstream.fetches(uuid)).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {MIRROR, ON_DEMAND})
    void aTrickleArrives(String policy) {
        upstream.trickle();
        assertArrives(policy);
        assertThat(upstream.fetches(uuid)).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {MIRROR, ON_DEMAND})
    void otherBytesAreRefused(String policy) throws IOException {
        upstream.replaceFile(uuid, bytes(2, SIZE));
        assertRefused(policy, "sha1");
        upstream.replaceFile(uuid, bytes(1, SIZE));
        assertArrives(policy);
    }

    /** The source changed its file between two parts of it. */
    @ParameterizedTest
    @ValueSource(strings = {MIRROR, ON_DEMAND})
    void twoHalvesOfDifferentFilesAreRefused(String policy) throws IOException {
        upstream.cut(1, SIZE / 2);
        upstream.whenFileIsSent(() -> upstream.replaceFile(uuid, bytes(2, SIZE)));
        assertRefused(policy, "sha1");
        upstream.whenFileIsSent(() -> {});
        upstream.replaceFile(uuid, bytes(1, SIZE));
        assertArrives(policy);
    }

    @ParameterizedTest
    @CsvSource({
        MIRROR + "," + (SIZE - 1),
        MIRROR + "," + (SIZE + 1),
        MIRROR + ",1",
        ON_DEMAND + "," + (SIZE - 1),
        ON_DEMAND + "," + (SIZE + 1),
        ON_DEMAND + ",1"
    })
    void aFileOfAnotherLengthIsRefused(String policy, int length) throws IOException {
        upstream.replaceFile(uuid, Arrays.copyOf(bytes(1, SIZE), length));
        assertRefused(policy, "" + SIZE);
        upstream.replaceFile(uuid, bytes(1, SIZE));
        assertArrives(policy);
    }

    @ParameterizedTest
    @CsvSource({MIRROR + ",500", MIRROR + ",503", MIRROR + ",404", ON_DEMAND + ",500", ON_DEMAND + ",503"})
    void aSourceWithoutItsFileIsAskedAgainLater(String policy, int status) throws IOException {
        upstream.answerFilesWith(status);
        assertRefused(policy, "HTTP status " + status);
        upstream.answerFilesWith(200);
        assertArrives(policy);
    }

    @ParameterizedTest
    @ValueSource(strings = {MIRROR, ON_DEMAND})
    void aRedirectIsFollowed(String policy) {
        upstream.redirect();
        assertArrives(policy);
        assertThat(upstream.requests()).anyMatch(line -> line.contains("/elsewhere"));
    }

    @ParameterizedTest
    @ValueSource(strings = {MIRROR, ON_DEMAND})
    void anImageWithoutItsOriginIsRefused(String policy) throws IOException {
        upstream.manifest(uuid).put("origin", TestImages.uuid(99));
        assertRefused(policy, TestImages.uuid(99));
        upstream.manifest(uuid).remove("origin");
        assertArrives(policy);
    }

    /** What was listed and promised is not there any more when the file is fetched. */
    @ParameterizedTest
    @ValueSource(strings = {MIRROR, ON_DEMAND})
    void aManifestThatIsNotOfTheFileAnyMoreIsRefused(String policy) throws IOException {
        upstream.whenFileIsSent(() -> {
            ((ObjectNode) upstream.manifest(uuid).at("/files/0")).put("sha1", TestImages.sha1(bytes(2, SIZE)));
            upstream.replaceFile(uuid, bytes(2, SIZE));
        });
        upstream.cut(1, SIZE / 2);
        assertRefused(policy, policy.equals(MIRROR) ? "sha1" : "image");
        upstream.whenFileIsSent(() -> {});
        ((ObjectNode) upstream.manifest(uuid).at("/files/0")).put("sha1", TestImages.sha1(bytes(1, SIZE)));
        upstream.replaceFile(uuid, bytes(1, SIZE));
        assertArrives(policy);
    }

    private CertificateFiles certificate(String name) throws IOException {
        Path place = directory.resolve(name);
        CertificateFiles files = new CertificateFiles(place.resolve("certificate.pem"), place.resolve("key.pem"));
        SelfSigned.makeIfMissing(files, List.of("127.0.0.1"));
        return files;
    }

    private static SSLContext identity(CertificateFiles files) throws Exception {
        byte[] der = Base64.getMimeDecoder().decode(files.read().key().replaceAll("-----[^-]+-----", ""));
        PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(
                "server", key, new char[0], new Certificate[] {files.read().own()});
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    @ParameterizedTest
    @ValueSource(strings = {MIRROR, ON_DEMAND})
    void aServerThatCannotProveItselfIsNotAsked(String policy) throws Exception {
        CertificateFiles own = certificate("own");
        CertificateFiles wrong = certificate("wrong");
        try (FaultyUpstream encrypted = new FaultyUpstream(Optional.of(identity(own)))) {
            encrypted.add(1, "base", bytes(1, SIZE));
            for (String keys : List.of("", ", \"ca_file\": \"" + wrong.certificate() + "\"")) {
                try (TestServer server = serveAs(policy, encrypted, keys)) {
                    awaitWarning(server, "PKIX");
                    assertThat(server.names("/images")).isEmpty();
                    assertThat(server.get("/images/" + uuid).statusCode()).isEqualTo(404);
                }
            }
            assertThat(encrypted.requests()).isEmpty();
            assertArrives(policy, encrypted, ", \"ca_file\": \"" + own.certificate() + "\"");
        }
    }
}
