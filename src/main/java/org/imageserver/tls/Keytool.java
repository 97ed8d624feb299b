package org.imageserver.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Makes keys, certificates that nobody else has signed, and requests for others, by Java's {@code keytool}: Java has no
 * other way to sign these. Thread-safe; each call starts a program and waits for it, a second or so.
 */
public final class Keytool {
    private static final String ALIAS = "image-server";

    /** Of the 1.0.1 era's OpenSSL in imgadm, every version takes RSA. */
    private static final String BITS = "3072";

    private static final long PATIENCE_SECONDS = 60;

    private Keytool() {}

    /**
     * A certificate to make.
     *
     * @param subject such as {@code CN=images.example.com}
     * @param names host names and addresses that it is for
     * @param extensions more of them, as keytool's {@code -ext} has them
     */
    public record Wish(String subject, List<String> names, int days, List<String> extensions) {}

    /** A key, and a certificate signed with it. */
    public record Pair(PrivateKey key, X509Certificate certificate) {}

    /** A key, and the request for a certificate of it (PKCS #10, in PEM). */
    public record Requested(PrivateKey key, String request) {}

    /**
     * Makes a key and its certificate.
     *
     * @param directory where files may lie meanwhile
     * @throws IOException with what keytool said
     */
    public static Pair selfSigned(Path directory, Wish wish) throws IOException {
        return inStore(directory, wish, (store, password) -> read(store, password));
    }

    /**
     * Makes a key and a request for its certificate.
     *
     * @param directory where files may lie meanwhile
     * @param names host names that it is to be for
     * @throws IOException with what keytool said
     */
    public static Requested request(Path directory, List<String> names) throws IOException {
        Wish wish = new Wish("O=image-server", names, 1, List.of());
        return inStore(directory, wish, (store, password) -> {
            Path request = store.resolveSibling(store.getFileName() + ".csr");
            try {
                run(password, List.of("-certreq", "-ext", alternatives(names), "-file", request.toString()), store);
                return new Requested(read(store, password).key(), Files.readString(request));
            } finally {
                Files.deleteIfExists(request);
            }
        });
    }

    private interface Use<T> {
        T of(Path store, String password) throws IOException;
    }

    private static <T> T inStore(Path directory, Wish wish, Use<T> use) throws IOException {
        Files.createDirectories(directory);
        Path store = directory.resolve("new-" + UUID.randomUUID() + ".p12");
        String password = UUID.randomUUID().toString();
        try {
            List<String> arguments = new ArrayList<>(List.of("-genkeypair", "-keyalg", "RSA", "-keysize", BITS));
            arguments.addAll(List.of("-validity", Integer.toString(wish.days()), "-dname", wish.subject()));
            arguments.addAll(List.of("-ext", alternatives(wish.names())));
            wish.extensions().forEach(extension -> arguments.addAll(List.of("-ext", extension)));
            run(password, arguments, store);
            return use.of(store, password);
        } finally {
            Files.deleteIfExists(store);
        }
    }

    private static void run(String password, List<String> arguments, Path store) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(arguments);
        command.addAll(List.of("-alias", ALIAS, "-storetype", "PKCS12", "-keystore", store.toString()));
        command.addAll(List.of("-storepass:env", "STORE_PASSWORD"));
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

    private static Pair read(Path store, String password) throws IOException {
        try {
            char[] secret = password.toCharArray();
            KeyStore keys = KeyStore.getInstance(store.toFile(), secret);
            return new Pair((PrivateKey) keys.getKey(ALIAS, secret), (X509Certificate) keys.getCertificate(ALIAS));
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate that was made cannot be read: " + e.getMessage(), e);
        }
    }

    private static String alternatives(List<String> names) {
        return "SAN="
                + String.join(",", names.stream().map(Keytool::alternative).toList());
    }

    private static String alternative(String name) {
        boolean isAddress = name.contains(":") || name.matches("[0-9.]+");
        return (isAddress ? "ip:" : "dns:") + name;
    }
}
