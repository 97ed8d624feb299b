package org.imageserver.signing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a signature says: that some bytes are what they are said to be. A manifest that was signed is therefore no list,
 * and no table of a bundle, whatever its bytes. Three lines of text:
 *
 * <pre>{@code
 * image-server-signature 1
 * manifest 0a6c2a7e-5a4d-4e1b-9c57-3b6f2d1c8e90
 * sha256 6f3c...
 * }</pre>
 *
 * @param subject {@code bundle}, {@code manifest UUID} or {@code list QUERY}
 * @param sha256 of the bytes, in hex
 */
public record Statement(String subject, String sha256) {
    private static final String FORMAT = "image-server-signature 1";

    /** The table of a bundle. */
    public static Statement ofBundle(byte[] table) {
        return new Statement("bundle", sha256(table));
    }

    /** The manifest of an image, as {@code GET /images/UUID} answers it. */
    public static Statement ofManifest(String uuid, byte[] manifest) {
        return new Statement("manifest " + uuid, sha256(manifest));
    }

    /** A list, as {@code GET /images?QUERY} answers it; the digest is computed piece by piece. */
    public static Statement ofList(String query, MessageDigest list) {
        return new Statement("list " + query, HexFormat.of().formatHex(list.digest()));
    }

    /** SHA-256 of some bytes, in hex. */
    public static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(newSha256().digest(bytes));
    }

    /** A new SHA-256. */
    public static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java knows SHA-256", e);
        }
    }

    byte[] bytes() {
        return (FORMAT + "\n" + subject + "\nsha256 " + sha256 + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
