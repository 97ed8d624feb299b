package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.config.ListenAddress;
import org.imageserver.tls.CertificateFiles;
import org.imageserver.tls.SelfSigned;
import org.imageserver.tls.TrustingClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Addresses where clients speak TLS. */
class TlsTest {
    /** An address for TLS comes first in its own list; the one for the other tests stays. */
    private static final String LISTEN = "\"metrics_listen\": [\"tls:127.0.0.1:0\"]";

    @TempDir
    private Path directory;

    private CertificateFiles own() {
        Path tls = directory.resolve("images/.image-server/tls");
        return new CertificateFiles(tls.resolve("certificate.pem"), tls.resolve("key.pem"));
    }

    private CertificateFiles given() {
        return new CertificateFiles(directory.resolve("server.pem"), directory.resolve("server.key"));
    }

    private static int port(TestServer server) {
        return ((ListenAddress.Tcp) server.server().watchedAt().getFirst()).port();
    }

    private static SSLContext trusting(X509Certificate certificate) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", certificate);
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    /** A connection of a client that knows the certificate and looks whether the name fits. */
    private static SSLSocket connect(int port, CertificateFiles files) throws GeneralSecurityException, IOException {
        SSLSocket socket = (SSLSocket)
                trusting(files.read().own()).getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    private static String ask(Socket socket, String target) throws IOException {
        socket.getOutputStream()
                .write(("GET " + target + " HTTP/1.1\r\nHost: images.example.com\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    @Test
    void makesItsOwnCertificateAndKeepsIt() throws Exception {
        X509Certificate first;
        try (TestServer server = TestServer.start(directory, LISTEN);
                SSLSocket socket = connect(port(server), own())) {
            assertThat(ask(socket, "/healthz")).startsWith("HTTP/1.1 200 OK").endsWith("{\"status\":\"alive\"}");
            first = own().read().own();
            assertThat(server.server().ownFingerprint().orElseThrow()).matches("([0-9A-F]{2}:){31}[0-9A-F]{2}");
        }
        assertThat(Files.getPosixFilePermissions(own().key())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (TestServer server = TestServer.start(directory, LISTEN);
                SSLSocket socket = connect(port(server), own())) {
            assertThat(ask(socket, "/healthz")).contains("alive");
            assertThat(own().read().own()).isEqualTo(first);
        }
    }

    /** node 0.10, which imgadm runs on, brings OpenSSL 1.0.1. */
    @ParameterizedTest
    @CsvSource({
        "TLSv1.2, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLSv1.2, TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
        "TLSv1.3, TLS_AES_128_GCM_SHA256"
    })
    void speaksWithOldAndNewClients(String protocol, String cipher) throws Exception {
        try (TestServer server = TestServer.start(directory, LISTEN);
                SSLSocket socket = connect(port(server), own())) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.setEnabledCipherSuites(new String[] {cipher});
            assertThat(ask(socket, "/healthz")).contains("alive");
            assertThat(socket.getSession().getCipherSuite()).isEqualTo(cipher);
        }
    }

    /** As browsers and curl do it: they offer HTTP/2, too, and take what there is. */
    @Test
    void offersOneVersionOfHttp() throws Exception {
        try (TestServer server = TestServer.start(directory, LISTEN);
                HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_2)
                        .sslContext(trusting(own().read().own()))
                        .build()) {
            URI address = URI.create("https://localhost:" + port(server) + "/healthz");
            HttpResponse<String> answer =
                    client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
            assertThat(answer.body()).contains("alive");
            assertThat(agreed(server, "h2", "http/1.1")).isEqualTo("http/1.1");
            assertThatThrownBy(() -> agreed(server, "h2"))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("no_application_protocol");
        }
    }

    private String agreed(TestServer server, String... offered) throws Exception {
        return agreed(connect(port(server), own()), offered);
    }

    private static String agreed(SSLSocket connected, String... offered) throws IOException {
        try (SSLSocket socket = connected) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(offered);
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket.getApplicationProtocol();
        }
    }

    @Test
    void sendsFilesWholeAndInParts() throws Exception {
        byte[] file = new byte[3_000_000];
        new Random(1).nextBytes(file);
        try (TestServer server = TestServer.start(directory, "\"listen\": [\"tls:127.0.0.1:0\", \"127.0.0.1:0\"]")) {
            String uuid = server.images().add(1, file);
            server.rescan();
            int port = ((ListenAddress.Tcp) server.server().addresses().getFirst()).port();
            List<Callable<String>> clients = List.of(
                    () -> download(port, "/images/" + uuid + "/file"),
                    () -> download(port, "/images/" + uuid + "/file"),
                    () -> download(port, "/images/" + uuid + "/file"));
            try (ExecutorService threads = Executors.newCachedThreadPool()) {
                for (Future<String> sha1 : threads.invokeAll(clients)) {
                    assertThat(sha1.get()).isEqualTo(TestImages.sha1(file));
                }
            }
        }
    }

    private String download(int port, String target) throws GeneralSecurityException, IOException {
        try (SSLSocket socket = connect(port, own())) {
            return TestImages.sha1(body(ask(socket, target)).getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void namesItselfByHttps() throws Exception {
        try (TestServer server = TestServer.start(directory, "\"listen\": [\"tls:127.0.0.1:0\", \"127.0.0.1:0\"]")) {
            String uuid = server.images().add(1);
            server.rescan();
            int port = ((ListenAddress.Tcp) server.server().addresses().getFirst()).port();
            try (SSLSocket socket = connect(port, own())) {
                assertThat(ask(socket, "/datasets/" + uuid)).contains("\"url\":\"https://images.example.com/datasets/");
            }
        }
    }

    @Test
    void plainHttpEndsThereAndTheServerGoesOn() throws Exception {
        try (TestServer server = TestServer.start(directory, LISTEN)) {
            try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port(server))) {
                assertThat(ask(plain, "/healthz")).doesNotContain("HTTP/1.1 200");
            }
            try (SSLSocket socket = connect(port(server), own())) {
                assertThat(ask(socket, "/healthz")).contains("alive");
            }
        }
    }

    @Test
    void showsARenewedCertificateWithoutARestart() throws Exception {
        SelfSigned.makeIfMissing(given(), List.of("localhost", "127.0.0.1"));
        CertificateFiles renewed = new CertificateFiles(directory.resolve("new.pem"), directory.resolve("new.key"));
        SelfSigned.makeIfMissing(renewed, List.of("localhost", "127.0.0.1"));
        try (TestServer server = TestServer.start(directory, LISTEN + ", " + tls())) {
            try (SSLSocket socket = connect(port(server), given())) {
                assertThat(ask(socket, "/healthz")).contains("alive");
            }
            server.log().forgive("the new certificate is not used, the old one goes on");
            X509Certificate old = given().read().own();
            Files.copy(renewed.certificate(), directory.resolve("server.pem.tmp"));
            Files.move(directory.resolve("server.pem.tmp"), given().certificate(), StandardCopyOption.REPLACE_EXISTING);
            server.server().reload();
            // Half of a renewal: the old key does not fit the new certificate.
            assertThat(TrustingClient.shown(port(server))).isEqualTo(old);

            Files.copy(renewed.key(), given().key(), StandardCopyOption.REPLACE_EXISTING);
            server.server().reload();
            await().until(() ->
                    TrustingClient.shown(port(server)).equals(renewed.read().own()));
            assertThat(agreed(connect(port(server), given()), "h2", "http/1.1"))
                    .as("as before the renewal")
                    .isEqualTo("http/1.1");
        }
    }

    private static String tls() {
        return "\"tls\": {\"certificate\": \"server.pem\", \"key\": \"server.key\"}";
    }

    @Test
    void doesNotStartWithFilesThatCannotBeUsed() throws IOException {
        String config = LISTEN + ", " + tls();
        assertThatThrownBy(() -> TestServer.start(directory, config))
                .hasMessageContaining("there is no certificate " + given().certificate());
        Files.writeString(given().certificate(), "nothing");
        Files.writeString(given().key(), "nothing");
        assertThatThrownBy(() -> TestServer.start(directory, config))
                .hasMessageContaining(given().certificate() + " holds no certificate");
        Files.delete(given().certificate());
        Files.delete(given().key());
        SelfSigned.makeIfMissing(given(), List.of("localhost"));
        Files.writeString(given().key(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertThatThrownBy(() -> TestServer.start(directory, config))
                .hasMessageContaining(given().key() + " holds no key that can be used");
        Files.delete(given().key());
        CertificateFiles other = new CertificateFiles(directory.resolve("other.pem"), given().key());
        SelfSigned.makeIfMissing(other, List.of("localhost"));
        assertThatThrownBy(() -> TestServer.start(directory, config))
                .hasMessageContaining(
                        given().key() + " is not the key of the first certificate in " + given().certificate());
    }
}
