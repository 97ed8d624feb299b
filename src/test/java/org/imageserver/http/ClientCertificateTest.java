package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.imageserver.TestAccount;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.imageserver.auth.UsersEditor;
import org.imageserver.config.ListenAddress;
import org.imageserver.tls.CertificateFiles;
import org.imageserver.tls.SelfSigned;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that show a certificate in place of a token. */
class ClientCertificateTest {
    private static final char[] PASSWORD = "password".toCharArray();
    private static final String NEW = "{\"name\": \"a\", \"version\": \"1\", \"type\": \"other\", \"os\": \"other\"}";

    @TempDir
    private static Path directory;

    private static TestServer server;
    private static CertificateFiles own;
    private static TestAccount alice;
    private static TestAccount bob;

    @BeforeAll
    static void start() throws Exception {
        own = new CertificateFiles(directory.resolve("server.pem"), directory.resolve("server.key"));
        SelfSigned.makeIfMissing(own, List.of("127.0.0.1"));
        makeAuthority("ca", "CN=clients");
        makeAuthority("other-ca", "CN=others");
        sign("ca", "alice", "CN=alice, O=example");
        sign("ca", "nobody", "CN=nobody");
        sign("ca", "sly", "CN=nobody, O=\"x,CN=alice\"");
        sign("ca", "carol", "CN=carol");
        sign("other-ca", "stranger", "CN=alice");
        server = TestServer.start(directory, """
                "listen": ["127.0.0.1:0", "tls:127.0.0.1:0"],
                "tls": {"certificate": "server.pem", "key": "server.key", "client_ca": "ca.pem"}
                """);
        alice = server.account("alice", Role.PUBLISHER);
        server.account("carol", Role.PUBLISHER);
        bob = server.account("bob", Role.READER);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", new String(PASSWORD)));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static void makeAuthority(String name, String subject) throws Exception {
        keytool(
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                subject,
                "-ext",
                "bc:c",
                "-keystore",
                name + ".p12");
        keytool("-exportcert", "-rfc", "-alias", name, "-file", name + ".pem", "-keystore", name + ".p12");
    }

    private static void sign(String authority, String name, String subject) throws Exception {
        keytool(
                "-genkeypair",
                "-alias",
                name,
                "-signer",
                authority,
                "-keyalg",
                "EC",
                "-dname",
                subject,
                "-keystore",
                authority + ".p12");
    }

    private static HttpClient client(String name) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", own.read().own());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManager[] keys = name.isEmpty() ? new KeyManager[0] : new KeyManager[] {new Showing(name)};
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust.getTrustManagers(), null);
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(context)
                .build();
    }

    /** Shows one certificate, whichever authorities the server asks for. */
    private static final class Showing extends X509ExtendedKeyManager {
        private final String name;
        private final KeyStore store;

        Showing(String name) throws Exception {
            String authority = name.equals("stranger") ? "other-ca" : "ca";
            this.name = name;
            this.store =
                    KeyStore.getInstance(directory.resolve(authority + ".p12").toFile(), PASSWORD);
        }

        @Override
        public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
            return new String[] {name};
        }

        @Override
        public String chooseClientAlias(String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return name;
        }

        @Override
        public String chooseEngineClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return name;
        }

        @Override
        public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
            return new String[0];
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            try {
                return Arrays.stream(store.getCertificateChain(alias))
                        .map(X509Certificate.class::cast)
                        .toArray(X509Certificate[]::new);
            } catch (KeyStoreException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            try {
                return (PrivateKey) store.getKey(alias, PASSWORD);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static int port() {
        return server.server().addresses().stream()
                .map(ListenAddress.Tcp.class::cast)
                .filter(ListenAddress.Tcp::isTls)
                .findFirst()
                .orElseThrow()
                .port();
    }

    /** Makes an image; the status, and who owns it. */
    private static String create(String name, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port() + "/images"))
                .POST(BodyPublishers.ofString(NEW));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try (HttpClient client = client(name)) {
            var answer = client.send(request.build(), BodyHandlers.ofString());
            return answer.statusCode() + " "
                    + TestServer.json(answer).path("owner").asText();
        }
    }

    @Test
    void isWhomItsCommonNameNames() throws Exception {
        assertThat(create("alice")).isEqualTo("200 " + alice.uuid());
    }

    @Test
    void isNobodyWithoutAnAccountOrWithoutACertificate() throws Exception {
        assertThat(create("")).startsWith("401");
        assertThat(create("nobody")).startsWith("401");
        assertThat(create("sly")).startsWith("401");
    }

    @Test
    void isNobodyAfterTheAccountIsRevoked() throws Exception {
        assertThat(create("carol")).startsWith("200");
        new UsersEditor(server.usersFile(), InstantSource.system()).revoke("carol");
        await().untilAsserted(() -> assertThat(create("carol")).startsWith("401"));
    }

    /** Half a file that somebody is writing leaves the old authority, and is looked at again. */
    @Test
    void anotherAuthorityIsBelievedOnceItsFileIsThere() throws Exception {
        Path authority = directory.resolve("ca.pem");
        Path kept = Files.copy(authority, directory.resolve("kept.pem"));
        try {
            Files.writeString(authority, "-----BEGIN CERT");
            server.server().reload();
            assertThat(server.log().errors()).anyMatch(line -> line.contains("ca.pem (\"client_ca\") holds no"));
            server.log().forgive("the new certificate is not used");
            assertThat(create("alice")).startsWith("200");
            Files.copy(directory.resolve("other-ca.pem"), authority, StandardCopyOption.REPLACE_EXISTING);
            server.server().reload();
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(create("stranger")).isEqualTo("200 " + alice.uuid()));
        } finally {
            Files.copy(kept, authority, StandardCopyOption.REPLACE_EXISTING);
            server.server().reload();
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(create("alice")).startsWith("200"));
        }
    }

    @Test
    void isNotBelievedFromAnotherAuthority() {
        assertThatThrownBy(() -> create("stranger")).isInstanceOf(IOException.class);
    }

    @Test
    void whatIsSaidOnPurposeWins() throws Exception {
        assertThat(create("alice", "Authorization", bob.basic())).startsWith("403");
        assertThat(create("alice", "Authorization", "Bearer wrong")).startsWith("401");
    }

    @Test
    void aPageOfAnotherSiteMakesNoBrowserChangeAnything() throws Exception {
        assertThat(create("alice", "Sec-Fetch-Site", "cross-site")).startsWith("403");
        assertThat(create("alice", "Origin", "https://evil.example")).startsWith("403");
    }
}
