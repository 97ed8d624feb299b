package org.imageserver.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.imageserver.config.Settings;
import org.imageserver.tls.CertificateFiles;
import org.imageserver.tls.Challenges;
import org.imageserver.tls.Fingerprint;
import org.imageserver.tls.ListenerKeys;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that TLS listeners show, and the authority whose certificates they believe of clients, taken up anew when
 * the files change. Files that cannot be used leave the old ones, and are named in the log once. Used by one thread at a time.
 */
final class Certificate {
    private static final Logger LOG = LoggerFactory.getLogger(Certificate.class);

    private final Vertx vertx;
    private final CertificateFiles files;
    private final Optional<Path> clientCa;
    private final Challenges challenges;
    private @Nullable Version known;
    private volatile @Nullable X509Certificate shown;
    private String lastFailure = "";

    /** What listeners show, and by which authorities they know the certificates of clients. */
    record Keys(KeyCertOptions own, Optional<TrustOptions> clients) {}

    private record Version(CertificateFiles.Version own, Optional<FileTime> clients) {}

    Certificate(Vertx vertx, Settings.Tls tls, Challenges challenges) {
        this.vertx = vertx;
        this.files = new CertificateFiles(tls.certificate(), tls.key());
        this.clientCa = tls.clientCa();
        this.challenges = challenges;
    }

    /** What was loaded last; empty before that. Thread-safe. */
    Optional<X509Certificate> shown() {
        return Optional.ofNullable(shown);
    }

    /**
     * What the listeners need now.
     *
     * @throws IOException naming what is wrong with which file
     */
    Keys load() throws IOException {
        Version version = version();
        CertificateFiles.Content content = files.read();
        PemKeyCertOptions pem = new PemKeyCertOptions()
                .addCertValue(Buffer.buffer(content.certificate()))
                .addKeyValue(Buffer.buffer(content.key()));
        Keys keys = new Keys(checked(pem, content.own()), clients());
        known = version;
        lastFailure = "";
        shown = content.own();
        tell(content.own());
        return keys;
    }

    /** The same when the files are not those of the last time; null when they are, or cannot be used. */
    @Nullable
    Keys loadIfChanged() {
        try {
            return version().equals(known) ? null : load();
        } catch (IOException e) {
            if (!lastFailure.equals(e.getMessage())) {
                LOG.error("the new certificate is not used, the old one goes on: {}", e.getMessage());
                lastFailure = String.valueOf(e.getMessage());
            }
            return null;
        }
    }

    private Version version() throws IOException {
        try {
            return new Version(
                    files.version(),
                    clientCa.isPresent() ? Optional.of(Files.getLastModifiedTime(clientCa.get())) : Optional.empty());
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + e.getMessage() + "; \"client_ca\" in \"tls\" names it", e);
        }
    }

    /** Read here, not when a listener takes it up: it would keep the old certificate then, and nobody would try again. */
    private Optional<TrustOptions> clients() throws IOException {
        if (clientCa.isEmpty()) {
            return Optional.empty();
        }
        try {
            PemTrustOptions authorities =
                    new PemTrustOptions().addCertValue(Buffer.buffer(Files.readAllBytes(clientCa.get())));
            authorities.getTrustManagerFactory(vertx);
            return Optional.of(authorities);
        } catch (Exception e) {
            throw new IOException(
                    clientCa.get() + " (\"client_ca\") holds no certificate that can be used: " + e.getMessage(), e);
        }
    }

    private void tell(X509Certificate own) {
        Instant end = own.getNotAfter().toInstant();
        if (end.isBefore(Instant.now())) {
            LOG.warn("{} has expired at {}: clients will refuse it; renew it", files.certificate(), end);
        }
        LOG.atInfo()
                .addKeyValue("subject", own.getSubjectX500Principal().getName())
                .addKeyValue("not_after", end.toString())
                .addKeyValue("sha256", Fingerprint.of(own))
                .log("certificate {}", files.certificate());
    }

    /** A handshake that fails for a wrong key says nothing of it, to nobody. */
    private KeyCertOptions checked(PemKeyCertOptions pem, X509Certificate own) throws IOException {
        try {
            for (KeyManager manager : pem.getKeyManagerFactory(vertx).getKeyManagers()) {
                if (manager instanceof X509ExtendedKeyManager keys) {
                    String type = own.getPublicKey().getAlgorithm();
                    String[] aliases = keys.getServerAliases(type, null);
                    if (aliases != null && fit(keys.getPrivateKey(aliases[0]), own)) {
                        return KeyCertOptions.wrap(new ListenerKeys(keys, challenges));
                    }
                }
            }
        } catch (Exception e) {
            throw new IOException(files.key() + " holds no key that can be used: " + e.getMessage(), e);
        }
        throw new IOException(files.key() + " is not the key of the first certificate in " + files.certificate());
    }

    private static boolean fit(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
        byte[] text = {1, 2, 3};
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(key);
        signing.update(text);
        byte[] signature = signing.sign();
        Signature checking = Signature.getInstance(algorithm);
        checking.initVerify(certificate.getPublicKey());
        checking.update(text);
        return checking.verify(signature);
    }
}
