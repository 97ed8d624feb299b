package org.imageserver.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Makes a certificate that nobody has signed but its own key: enough to encrypt, and to be recognized by its
 * fingerprint. Made by Java's {@code keytool}, since Java has no other way to sign certificates.
 */
public final class SelfSigned {
    private static final String ALIAS = "image-server";
    private static final int VALID_DAYS = 3650;

    /** Of the 1.0.1 era's OpenSSL in imgadm, every version takes RSA. */
    private static final String BITS = "3072";

    private static final long PATIENCE_SECONDS = 60;

    private SelfSigned() {}

    /**
     * Makes both files, if they are missing; the key can be read by its owner alone.
     *
     * @param names host names and addresses that clients use
     * @throws IOException when they cannot be made
     */
    public static void makeIfMissing(CertificateFiles files, List<String> names) throws IOException {
        if (Files.exists(files.certificate()) && Files.exists(files.key())) {
            return;
        }
        Path directory = Files.createDirectories(files.key().toAbsolutePath().getParent());
        Path store = directory.resolve("new-" + UUID.randomUUID() + ".p12");
        String password = UUID.randomUUID().toString();
        try {
            generate(store, password, names);
            export(store, password.toCharArray(), files);
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate that was made cannot be read: " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(store);
        }
    }

    private static void generate(Path store, String password, List<String> names) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "RSA",
                "-keysize",
                BITS,
                "-validity",
                Integer.toString(VALID_DAYS),
                "-dname",
                "CN=" + names.getFirst(),
                "-ext",
                "SAN="
                        + String.join(
                                ",", names.stream().map(SelfSigned::alternative).toList()),
                "-ext",
                "EKU=serverAuth",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass:env",
                "STORE_PASSWORD");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("STORE_PASSWORD", password);
        Process keytool = builder.start();
        try {
            String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!keytool.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
                throw new IOException("keytool cannot make a certificate: " + said);
            }
        } catch (InterruptedException e) {
            keytool.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a certificate was being made", e);
        }
    }

    private static String alternative(String name) {
        boolean isAddress = name.contains(":") || name.matches("[0-9.]+");
        return (isAddress ? "ip:" : "dns:") + name;
    }

    private static void export(Path store, char[] password, CertificateFiles files)
            throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance(store.toFile(), password);
        write(files.key(), pem("PRIVATE KEY", keys.getKey(ALIAS, password).getEncoded()), "rw-------");
        write(files.certificate(), pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded()), "rw-r--r--");
    }

    private static void write(Path file, String text, String permissions) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
        Files.writeString(file, text);
    }

    private static String pem(String what, byte[] bytes) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n";
    }
}
