package org.imageserver.auth;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A public key as {@code ssh-keygen} writes it (RFC 4253 section 6.6, RFC 5656, RFC 8709).
 *
 * @param key the key, for the JDK
 * @param md5 the fingerprint that Triton's tools put into a keyId: lower-case hexadecimal, without colons
 * @param sha256 the fingerprint that newer ssh tools show, without its prefix
 */
record SshPublicKey(PublicKey key, String md5, String sha256) {
    private static final int SHORTEST_RSA_BITS = 1024;
    private static final int LONGEST_RSA_BITS = 16384;
    private static final int ED25519_BYTES = 32;

    /** What X.509 writes before the 32 bytes of an Ed25519 key (RFC 8410): the JDK reads no bare ones. */
    private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    /**
     * Reads a key.
     *
     * @param type what stands before the key in its line, such as {@code ssh-ed25519}
     * @param base64 the key
     * @throws InvalidKeyException saying what is wrong with it
     */
    static SshPublicKey parse(String type, String base64) throws InvalidKeyException {
        try {
            byte[] blob = Base64.getDecoder().decode(base64);
            return new SshPublicKey(
                    key(type, ByteBuffer.wrap(blob)), HexFormat.of().formatHex(digest("MD5", blob)), fingerprint(blob));
        } catch (IllegalArgumentException e) {
            throw new InvalidKeyException("the key is not base64");
        } catch (BufferUnderflowException e) {
            throw new InvalidKeyException("the key is cut off");
        } catch (InvalidKeyException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new InvalidKeyException("the key is damaged: " + e.getMessage());
        }
    }

    /** Whether a keyId's last part means this key: {@code aa:bb:...}, with {@code MD5:} too, or {@code SHA256:...}. */
    boolean hasFingerprint(String text) {
        if (text.startsWith("SHA256:")) {
            return text.equals("SHA256:" + sha256);
        }
        String digits = text.startsWith("MD5:") ? text.substring(4) : text;
        return digits.replace(":", "").toLowerCase(Locale.ROOT).equals(md5);
    }

    private static PublicKey key(String type, ByteBuffer blob) throws GeneralSecurityException {
        String inner = new String(string(blob), StandardCharsets.US_ASCII);
        if (!inner.equals(type)) {
            throw new InvalidKeyException("the line says " + type + ", but the key says another type");
        }
        PublicKey key = switch (type) {
            case "ssh-rsa" -> rsa(new BigInteger(string(blob)), new BigInteger(string(blob)));
            case "ssh-ed25519" -> ed25519(string(blob));
            case "ecdsa-sha2-nistp256" -> ecdsa("nistp256", "secp256r1", blob);
            case "ecdsa-sha2-nistp384" -> ecdsa("nistp384", "secp384r1", blob);
            case "ecdsa-sha2-nistp521" -> ecdsa("nistp521", "secp521r1", blob);
            default -> throw new InvalidKeyException(type + " keys are not supported");
        };
        if (blob.hasRemaining()) {
            throw new InvalidKeyException("there are more bytes after the key");
        }
        return key;
    }

    private static PublicKey rsa(BigInteger exponent, BigInteger modulus) throws GeneralSecurityException {
        int bits = modulus.bitLength();
        if (modulus.signum() <= 0 || bits < SHORTEST_RSA_BITS || bits > LONGEST_RSA_BITS) {
            throw new InvalidKeyException("an RSA key of " + bits + " bits; use one of " + SHORTEST_RSA_BITS + " to "
                    + LONGEST_RSA_BITS + ", better an ed25519 key");
        }
        return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
    }

    private static PublicKey ed25519(byte[] bytes) throws GeneralSecurityException {
        if (bytes.length != ED25519_BYTES) {
            throw new InvalidKeyException("an ed25519 key of " + bytes.length + " bytes");
        }
        byte[] encoded = ByteBuffer.allocate(ED25519_PREFIX.length + ED25519_BYTES)
                .put(ED25519_PREFIX)
                .put(bytes)
                .array();
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }

    private static PublicKey ecdsa(String sshName, String name, ByteBuffer blob) throws GeneralSecurityException {
        String curve = new String(string(blob), StandardCharsets.US_ASCII);
        byte[] point = string(blob);
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(name));
        ECParameterSpec spec = parameters.getParameterSpec(ECParameterSpec.class);
        int size = (spec.getCurve().getField().getFieldSize() + 7) / 8;
        // 4 is the mark of an uncompressed point; ssh knows no others (RFC 5656 section 3.1).
        if (!curve.equals(sshName) || point.length != 1 + 2 * size || point[0] != 4) {
            throw new InvalidKeyException("the point of the " + sshName + " key is damaged");
        }
        BigInteger x = new BigInteger(1, point, 1, size);
        BigInteger y = new BigInteger(1, point, 1 + size, size);
        return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(new ECPoint(x, y), spec));
    }

    /** The SHA-256 of a key as it stands in its file, in base64 without padding. */
    static String fingerprint(byte[] blob) {
        try {
            return Base64.getEncoder().withoutPadding().encodeToString(digest("SHA-256", blob));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The next of ssh's strings: its length in four bytes, then its bytes (RFC 4251 section 5). */
    static byte[] string(ByteBuffer blob) {
        int length = blob.getInt();
        if (length < 0 || length > blob.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        blob.get(bytes);
        return bytes;
    }

    private static byte[] digest(String algorithm, byte[] blob) throws GeneralSecurityException {
        return MessageDigest.getInstance(algorithm).digest(blob);
    }
}
