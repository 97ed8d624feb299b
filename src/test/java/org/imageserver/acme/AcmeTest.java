package org.imageserver.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A certificate from an authority, which looks by HTTP or TLS whether the host names lead here. */
class AcmeTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final int httpPort = Pebble.freePort();
    private final int tlsPort = Pebble.freePort();
    private Pebble authority;

    @BeforeEach
    void start() throws IOException {
        authority = start("");
    }

    private Pebble start(String more) throws IOException {
        return Pebble.start(directory.resolve("authority"), httpPort, tlsPort, more);
    }

    @AfterEach
    void stop() {
        authority.close();
    }

    private String config(String challenge, String... domains) {
        return """
                "listen": ["127.0.0.1:%d", "tls:127.0.0.1:%d"],
                "acme": {"directory": "%s", "domains": ["%s"], "email": "admin@example.com", "accept_terms": true,
                    "challenge": "%s", "ca_file": "%s"}
                """.formatted(
                httpPort, tlsPort, authority.url(), String.join("\", \"", domains), challenge, authority.certificate());
    }

    private Path kept(String name) {
        return directory.resolve("images/.image-server/acme").resolve(name);
    }

    private X509Certificate shown() throws Exception {
        return Tls.shown(tlsPort);
    }

    private static boolean isFrom(X509Certificate certificate, String authority) {
        return certificate.getIssuerX500Principal().getName().contains(authority);
    }

    private static Collection<String> names(X509Certificate certificate) throws Exception {
        return certificate.getSubjectAlternativeNames().stream()
                .map(name -> String.valueOf(name.get(1)))
                .toList();
    }

    private void awaitCertificate() {
        await().atMost(LONG).until(() -> isFrom(shown(), "Pebble"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http-01", "tls-alpn-01"})
    void getsACertificateAndKeepsIt(String challenge) throws Exception {
        String config = config(challenge, "images.example.com", "mirror.example.com");
        X509Certificate given;
        try (TestServer server = TestServer.start(directory, config)) {
            awaitCertificate();
            given = shown();
            assertThat(names(given)).containsExactlyInAnyOrder("images.example.com", "mirror.example.com");
            assertThat(Tls.chain(tlsPort)).as("with the intermediate one").hasSizeGreaterThan(1);
            assertThat(server.get("/.well-known/acme-challenge/unknown").statusCode())
                    .isEqualTo(404);
        }
        for (String name : List.of("certificate.pem", "account.pem", "attempts.json")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept(name))))
                    .as(name)
                    .isEqualTo("rw-------");
        }
        // A server without the authority goes on with what it has.
        authority.close();
        try (TestServer server = TestServer.start(directory, config)) {
            assertThat(shown()).isEqualTo(given);
            assertThat(server.get("/ping").statusCode()).isEqualTo(200);
        }
    }
}
