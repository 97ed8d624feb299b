package org.imageserver.catalogue;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-1, the digest by which the SmartOS world names bytes; here it finds accidents, not attackers. */
public final class Sha1 {
    private Sha1() {}

    /** The digest of some bytes in lower-case hex. */
    public static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(newDigest().digest(bytes));
    }

    /** For bytes that come one after the other. */
    public static MessageDigest newDigest() {
        return newDigest("SHA-1");
    }

    /** A digest that every JDK has. */
    static MessageDigest newDigest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks " + algorithm, e);
        }
    }
}
