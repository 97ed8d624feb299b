package org.imageserver.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.imageserver.tls.CertificateFiles;
import org.imageserver.tls.Challenges;
import org.imageserver.tls.Fingerprint;
import org.imageserver.tls.ListenerKeys;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that TLS listeners show, taken up anew when its files change. Files that cannot be used leave the old
 * one, and are named in the log once. Used by one thread at a time.
 */
final class Certificate {
    private static final Logger LOG = LoggerFactory.getLogger(Certificate.class);

    private final Vertx vertx;
    private final CertificateFiles files;
    private final Challenges challenges;
    private CertificateFiles.@Nullable Version known;
    private volatile @Nullable X509Certificate shown;
    private String lastFailure = "";

    Certificate(Vertx vertx, CertificateFiles files, Challenges challenges) {
        this.vertx = vertx;
        this.files = files;
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
    KeyCertOptions load() throws IOException {
        CertificateFiles.Version version = files.version();
        CertificateFiles.Content content = files.read();
        PemKeyCertOptions pem = new PemKeyCertOptions()
                .addCertValue(Buffer.buffer(content.certificate()))
                .addKeyValue(Buffer.buffer(content.key()));
        KeyCertOptions keys = checked(pem, content.own());
        known = version;
        lastFailure = "";
        shown = content.own();
        tell(content.own());
        return keys;
    }

    /** The same when the files are not those of the last time; null when they are, or cannot be used. */
    @Nullable
    KeyCertOptions loadIfChanged() {
        try {
            return files.version().equals(known) ? null : load();
        } catch (IOException e) {
            if (!lastFailure.equals(e.getMessage())) {
                LOG.error("the new certificate is not used, the old one goes on: {}", e.getMessage());
                lastFailure = String.valueOf(e.getMessage());
            }
            return null;
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
