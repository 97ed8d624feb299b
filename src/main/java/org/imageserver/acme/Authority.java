package org.imageserver.acme;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.imageserver.config.Settings.Acme;
import org.imageserver.files.PrivateFiles;
import org.imageserver.tls.Pem;
import org.imageserver.tls.Trusted;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.connector.NetworkSettings;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.provider.GenericAcmeProvider;

/** The authority, and the account there, whose key lies in a file. */
final class Authority {
    private static final int BITS = 3072;

    private final Acme acme;
    private final Path keyFile;

    Authority(Acme acme, Path keyFile) {
        this.acme = acme;
        this.keyFile = keyFile;
    }

    /**
     * Begins to speak with it, and registers where that was not done before.
     *
     * @throws AcmeException what the authority says against it
     * @throws IOException when the key cannot be read or made
     */
    Login login() throws AcmeException, IOException {
        Optional<SSLContext> trusted =
                acme.caFile().isPresent() ? Optional.of(Trusted.by(acme.caFile().get())) : Optional.empty();
        Session session = new Session(acme.directory(), new Provider(trusted));
        session.networkSettings().setProxySelector(ProxySelector.getDefault());
        if (session.getMetadata().isExternalAccountRequired()
                && acme.externalAccount().isEmpty()) {
            throw new AcmeException(
                    "it gives certificates to its customers alone; say in \"external_account\" of \"acme\""
                            + " which \"key_id\" and \"mac_key\" it gave you");
        }
        AccountBuilder account = new AccountBuilder().agreeToTermsOfService().useKeyPair(key());
        acme.email().ifPresent(account::addEmail);
        acme.externalAccount().ifPresent(its -> account.withKeyIdentifier(its.keyId(), its.macKey()));
        return account.createLogin(session);
    }

    private KeyPair key() throws IOException {
        try {
            if (Files.exists(keyFile)) {
                return read();
            }
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(BITS);
            KeyPair made = generator.generateKeyPair();
            PrivateFiles.replace(keyFile, Pem.of(made.getPrivate()));
            return made;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(
                    keyFile + " holds no key of an account; delete it, and a new account is made: " + e.getMessage(),
                    e);
        }
    }

    private KeyPair read() throws IOException, GeneralSecurityException {
        KeyFactory keys = KeyFactory.getInstance("RSA");
        RSAPrivateCrtKey secret =
                (RSAPrivateCrtKey) keys.generatePrivate(new PKCS8EncodedKeySpec(Pem.bytes(Files.readString(keyFile))));
        return new KeyPair(
                keys.generatePublic(new RSAPublicKeySpec(secret.getModulus(), secret.getPublicExponent())), secret);
    }

    /** Any authority that keeps to the standard. */
    private static final class Provider extends GenericAcmeProvider {
        private final Optional<SSLContext> trusted;

        Provider(Optional<SSLContext> trusted) {
            this.trusted = trusted;
        }

        @Override
        public HttpClient createHttpClient(NetworkSettings settings) {
            HttpClient.Builder client = HttpClient.newBuilder()
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .connectTimeout(settings.getTimeout())
                    .proxy(settings.getProxySelector());
            trusted.ifPresent(client::sslContext);
            return client.build();
        }
    }
}
