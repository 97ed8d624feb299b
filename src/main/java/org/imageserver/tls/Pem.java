package org.imageserver.tls;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/** Keys and certificates as text (RFC 7468). */
public final class Pem {
    private Pem() {}

    /** A key, without a password; a secret. */
    public static String of(PrivateKey key) {
        return block("PRIVATE KEY", key.getEncoded());
    }

    /** Certificates, one after the other. */
    public static String of(List<X509Certificate> chain) {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : chain) {
            try {
                text.append(block("CERTIFICATE", certificate.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException("this certificate was read", e);
            }
        }
        return text.toString();
    }

    /** The text without the keys in it. */
    static String withoutKeys(String text) {
        return text.replaceAll("(?s)-----BEGIN ([A-Z ]*)PRIVATE KEY-----.*?-----END \\1PRIVATE KEY-----", "");
    }

    /** The bytes of a text that is nothing but one block. */
    public static byte[] bytes(String text) {
        String base64 = text.lines().filter(line -> !line.startsWith("-----")).reduce("", String::concat);
        return Base64.getMimeDecoder().decode(base64.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String block(String what, byte[] bytes) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n";
    }
}
