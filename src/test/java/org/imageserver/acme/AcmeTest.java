package org.imageserver.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.imageserver.TestAccount;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.imageserver.tls.CertificateFiles;
import org.imageserver.tls.TrustingClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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
        return TrustingClient.shown(tlsPort);
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
            assertThat(TrustingClient.chain(tlsPort))
                    .as("with the intermediate one")
                    .hasSizeGreaterThan(1);
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

    @Test
    void renewsItWhileClientsComeAndGo() throws Exception {
        authority.close();
        authority = start("\"certificateValidityPeriod\": 12,");
        try (TestServer server = TestServer.start(directory, config("tls-alpn-01", "images.example.com"))) {
            awaitCertificate();
            X509Certificate first = shown();
            await().atMost(LONG).until(() -> !shown().equals(first));
            assertThat(isFrom(shown(), "Pebble")).isTrue();
            assertThat(server.get("/ping").statusCode()).isEqualTo(200);
            assertThat(protocol("images.example.com", "acme-tls/1", "http/1.1"))
                    .as("the protocols are those from before the renewal")
                    .isEqualTo("http/1.1");
        }
    }

    /** What a server has got that has ended. */
    private X509Certificate first() throws Exception {
        try (TestServer server = TestServer.start(directory, config("http-01", "images.example.com"))) {
            awaitCertificate();
            assertThat(server.get("/ping").statusCode()).isEqualTo(200);
        }
        return new CertificateFiles(kept("certificate.pem"), kept("certificate.pem"))
                .read()
                .own();
    }

    private String protocol(String host, String... offered) throws Exception {
        try (SSLSocket socket = TrustingClient.connect(tlsPort, host, offered)) {
            socket.startHandshake();
            return socket.getApplicationProtocol();
        }
    }

    @Test
    void showsAChallengeToTheAuthorityAlone() throws Exception {
        try (TestServer server = TestServer.start(directory, config("tls-alpn-01", "images.example.com"))) {
            awaitCertificate();
            assertThatThrownBy(() -> protocol("images.example.com", "acme-tls/1"))
                    .as("nothing is to be shown now")
                    .isInstanceOf(IOException.class);
            assertThat(protocol("images.example.com", "http/1.1")).isEqualTo("http/1.1");
            assertThat(protocol("images.example.com")).isEmpty();
            assertThat(server.get("/ping").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aRefusalLeavesTheOldOneAndIsSeldomRepeated() throws Exception {
        authority.close();
        authority = start("\"domainBlocklist\": [\"blocked.example.com\"],");
        X509Certificate old = first();
        String config = config("http-01", "images.example.com", "blocked.example.com");
        try (TestServer server = TestServer.start(directory, config)) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            await().atMost(LONG).until(() -> failures(server, admin) == 1);
            for (int reload = 1; reload < Attempts.MOST - 1; reload++) {
                server.server().reload();
                int expected = reload + 1;
                await().atMost(LONG).until(() -> failures(server, admin) == expected);
            }
            server.server().reload();
            server.server().reload();
            JsonNode state = TestServer.json(
                            server.get("/status", "Authorization", admin.bearer(), "Accept", "application/json"))
                    .path("certificate");
            assertThat(state.path("last_failure").asText()).contains("blocked.example.com");
            assertThat(Instant.parse(state.path("next").asText())).isAfter(Instant.now());
            assertThat(server.log().warnings())
                    .filteredOn(line -> line.startsWith("no new certificate"))
                    .hasSize(3);
            assertThat(Attempts.read(kept("attempts.json")).times()).hasSize(Attempts.MOST);

            assertThat(shown()).isEqualTo(old);
            JsonNode ready = TestServer.json(server.get("/readyz"));
            assertThat(ready.at("/checks/3/name").asText()).isEqualTo("certificate");
            assertThat(ready.at("/checks/3/result").asText()).isEqualTo("warning");
            assertThat(server.get("/metrics", "Authorization", admin.bearer()).body())
                    .contains("imageserver_certificate_renewal_failures 3.0\n");
            assertThat(server.get("/status", "Authorization", admin.bearer()).body())
                    .contains(
                            "Certificate</h2>",
                            "valid until " + old.getNotAfter().toInstant());
        }
    }

    private static int failures(TestServer server, TestAccount admin) {
        return TestServer.json(server.get("/status", "Authorization", admin.bearer(), "Accept", "application/json"))
                .at("/certificate/failures")
                .asInt();
    }

    @Test
    void nobodyIsAskedWhatCouldNotBeKept() throws Exception {
        Files.createDirectories(kept("attempts.json.new").resolve("in the way"));
        try (TestServer server = TestServer.start(directory, config("http-01", "images.example.com"))) {
            await().atMost(LONG)
                    .until(() -> server.log().warnings().stream()
                            .anyMatch(
                                    line -> line.contains("no new certificate") && line.contains("attempts.json.new")));
            assertThat(authority.log()).doesNotContain("sign-me-up");
            Files.delete(kept("attempts.json.new").resolve("in the way"));
            server.server().reload();
            awaitCertificate();
        }
    }

    /** As authorities do that know their customers before. */
    @Test
    void saysWhichCustomerItIs() throws Exception {
        authority.close();
        String key = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
        authority = start(
                "\"externalAccountBindingRequired\": true, \"externalAccountMACKeys\": {\"kid-1\": \"" + key + "\"},");
        String config = config("http-01", "images.example.com");
        try (TestServer server = TestServer.start(directory, config)) {
            await().atMost(LONG)
                    .until(() ->
                            server.log().warnings().stream().anyMatch(line -> line.contains("no new certificate")));
            assertThat(server.log().warnings()).anyMatch(line -> line.contains("\"external_account\" of \"acme\""));
        }
        String account =
                "\"external_account\": {\"key_id\": \"kid-1\", \"mac_key\": \"" + key + "\"}, \"accept_terms\"";
        try (TestServer server = TestServer.start(directory, config.replace("\"accept_terms\"", account))) {
            awaitCertificate();
            assertThat(server.get("/ping").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void anotherAuthorityGivesANewOne() throws Exception {
        X509Certificate old = first();
        authority.close();
        authority = start("");
        try (TestServer server = TestServer.start(directory, config("http-01", "images.example.com"))) {
            await().atMost(LONG).until(() -> !shown().equals(old));
            assertThat(isFrom(shown(), "Pebble")).isTrue();
            assertThat(server.get("/ping").statusCode()).isEqualTo(200);
        }
    }
}
