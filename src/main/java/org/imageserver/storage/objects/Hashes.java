package org.imageserver.storage.objects;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import org.imageserver.storage.Checksums;

/** Checksums of bytes as they pass. Used by one thread at a time. */
final class Hashes {
    private final MessageDigest md5 = digest("MD5");
    private final MessageDigest sha1 = digest("SHA-1");
    private final MessageDigest sha256 = digest("SHA-256");

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }

    /** Takes up what remains in the buffer. */
    void update(ByteBuffer bytes) {
        md5.update(bytes.duplicate());
        sha1.update(bytes.duplicate());
        sha256.update(bytes.duplicate());
    }

    void update(byte[] bytes, int offset, int length) {
        update(ByteBuffer.wrap(bytes, offset, length));
    }

    Checksums finish() {
        HexFormat hex = HexFormat.of();
        return new Checksums(
                Base64.getEncoder().encodeToString(md5.digest()),
                hex.formatHex(sha1.digest()),
                hex.formatHex(sha256.digest()));
    }
}
