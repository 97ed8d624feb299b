package org.imageserver.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import org.imageserver.files.PrivateFiles;

/**
 * A certificate and its key in files, as certificate authorities and their tools write them. Immutable and
 * thread-safe; each call reads the files.
 *
 * @param certificate PEM, with the intermediate certificates after it
 * @param key PEM, without a password; may be the same file
 */
public record CertificateFiles(Path certificate, Path key) {
    /**
     * What the files hold.
     *
     * @param certificate PEM
     * @param key PEM; a secret
     * @param chain the server's certificate first
     */
    public record Content(String certificate, String key, List<X509Certificate> chain) {
        /** The server's own. */
        public X509Certificate own() {
            return chain.getFirst();
        }
    }

    /** Which version of the files it is: they are renewed by somebody else. */
    public record Version(FileTime certificate, FileTime key) {}

    /**
     * Reads both.
     *
     * @throws IOException naming the file, what is wrong with it, and what it should be
     */
    public Content read() throws IOException {
        String pem = Pem.withoutKeys(text(certificate, "certificate"));
        return new Content(pem, text(key, "key"), chain(pem));
    }

    /** Whether one file holds both: it changes as a whole, so that a key never stands beside another's certificate. */
    public boolean isOne() {
        return certificate.equals(key);
    }

    /**
     * Replaces the one file that holds both; durable when it returns.
     *
     * @throws IOException when it cannot be written; the old one is there then
     */
    public void replace(PrivateKey newKey, List<X509Certificate> chain) throws IOException {
        PrivateFiles.replace(key, Pem.of(newKey) + Pem.of(chain));
    }

    /**
     * Which version there is now.
     *
     * @throws IOException naming the file that is missing
     */
    public Version version() throws IOException {
        return new Version(
                of(certificate, "certificate", Files::getLastModifiedTime), of(key, "key", Files::getLastModifiedTime));
    }

    private interface Look<T> {
        T at(Path file) throws IOException;
    }

    private static String text(Path file, String what) throws IOException {
        // Whatever stands between the blocks, in whatever encoding.
        return of(file, what, its -> Files.readString(its, StandardCharsets.ISO_8859_1));
    }

    private static <T> T of(Path file, String what, Look<T> look) throws IOException {
        try {
            return look.at(file);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no " + what + " " + file + "; \"tls\" in the configuration names it", e);
        } catch (IOException e) {
            throw new IOException("the " + what + " " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private List<X509Certificate> chain(String pem) throws IOException {
        try {
            byte[] bytes = pem.getBytes(StandardCharsets.ISO_8859_1);
            Collection<?> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes));
            List<X509Certificate> chain =
                    found.stream().map(X509Certificate.class::cast).toList();
            if (!chain.isEmpty()) {
                return chain;
            }
        } catch (CertificateException e) {
            throw new IOException(certificate + " holds no certificate that can be read: " + e.getMessage(), e);
        }
        throw new IOException(
                certificate + " holds no certificate: expected PEM, beginning with -----BEGIN CERTIFICATE-----");
    }
}
