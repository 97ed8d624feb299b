package org.imageserver.auth;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * A signature as {@code ssh-keygen -Y sign} prints it (OpenSSH, PROTOCOL.sshsig).
 *
 * @param fingerprint of the key that is said to have made it: SHA-256, base64 without padding
 * @param namespace what it was made for: a signature for something else must be of no use here
 * @param hash what the text was hashed with, sha256 or sha512
 * @param algorithm of the signature, such as {@code ssh-ed25519}
 * @param base64 the signature itself, in the form of that algorithm
 */
record SshSignature(String fingerprint, String namespace, String hash, String algorithm, String base64) {
    private static final String BEGIN = "-----BEGIN SSH SIGNATURE-----";
    private static final String END = "-----END SSH SIGNATURE-----";

    /** One of the longest RSA key is half as long. */
    private static final int LONGEST = 16 * 1024;

    private static final byte[] MAGIC = "SSHSIG".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;

    /** Reads what a person has pasted; empty if that is no whole signature. */
    static Optional<SshSignature> parse(String armored) {
        String text = armored.strip();
        boolean isArmored = text.startsWith(BEGIN) && text.endsWith(END) && text.length() <= LONGEST;
        if (!isArmored || text.length() < BEGIN.length() + END.length()) {
            return Optional.empty();
        }
        try {
            String base64 = text.substring(BEGIN.length(), text.length() - END.length());
            return read(ByteBuffer.wrap(Base64.getMimeDecoder().decode(base64)));
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    private static Optional<SshSignature> read(ByteBuffer blob) {
        byte[] magic = new byte[MAGIC.length];
        blob.get(magic);
        if (!Arrays.equals(magic, MAGIC) || blob.getInt() != VERSION) {
            return Optional.empty();
        }
        byte[] key = SshPublicKey.string(blob);
        String namespace = text(blob);
        // Reserved; readers must ignore it, and it is signed all the same.
        boolean isPlain = SshPublicKey.string(blob).length == 0;
        String hash = text(blob);
        ByteBuffer signature = ByteBuffer.wrap(SshPublicKey.string(blob));
        String algorithm = text(signature);
        String base64 = Base64.getEncoder().encodeToString(SshPublicKey.string(signature));
        boolean isWhole = isPlain && !blob.hasRemaining() && !signature.hasRemaining();
        return isWhole
                ? Optional.of(new SshSignature(SshPublicKey.fingerprint(key), namespace, hash, algorithm, base64))
                : Optional.empty();
    }

    private static String text(ByteBuffer blob) {
        return new String(SshPublicKey.string(blob), StandardCharsets.US_ASCII);
    }

    /** Whether this key made it over the text. */
    boolean isOf(PublicKey key, String text) {
        Optional<byte[]> digest = digest(text);
        return digest.isPresent()
                && SignatureAlgorithms.isValid(jdkAlgorithm(), key, signed(digest.get()), jdkSignature());
    }

    private Optional<byte[]> digest(String text) {
        String name = switch (hash) {
            case "sha256" -> "SHA-256";
            case "sha512" -> "SHA-512";
            default -> "";
        };
        if (name.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(MessageDigest.getInstance(name).digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + name, e);
        }
    }

    private byte[] signed(byte[] digest) {
        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        signed.writeBytes(MAGIC);
        for (byte[] part : new byte[][] {
            namespace.getBytes(StandardCharsets.US_ASCII), new byte[0], hash.getBytes(StandardCharsets.US_ASCII), digest
        }) {
            signed.writeBytes(ByteBuffer.allocate(4).putInt(part.length).array());
            signed.writeBytes(part);
        }
        return signed.toByteArray();
    }

    /** The name under which {@link SignatureAlgorithms} knows it; ssh's old RSA with SHA-1 is not among them. */
    private String jdkAlgorithm() {
        return switch (algorithm) {
            case "ssh-ed25519" -> "ed25519";
            case "rsa-sha2-256" -> "rsa-sha256";
            case "rsa-sha2-512" -> "rsa-sha512";
            case "ecdsa-sha2-nistp256" -> "ecdsa-sha256";
            case "ecdsa-sha2-nistp384" -> "ecdsa-sha384";
            case "ecdsa-sha2-nistp521" -> "ecdsa-sha512";
            default -> "unknown";
        };
    }

    /** The JDK wants the two numbers of ECDSA in DER, where ssh writes them one after the other (RFC 5656, 3.1.2). */
    private byte[] jdkSignature() {
        byte[] bytes = Base64.getDecoder().decode(base64);
        if (!algorithm.startsWith("ecdsa-")) {
            return bytes;
        }
        try {
            ByteBuffer numbers = ByteBuffer.wrap(bytes);
            byte[] r = derInteger(SshPublicKey.string(numbers));
            byte[] s = derInteger(SshPublicKey.string(numbers));
            return der(
                    0x30, ByteBuffer.allocate(r.length + s.length).put(r).put(s).array());
        } catch (BufferUnderflowException e) {
            return new byte[0];
        }
    }

    /** Both forms have the bytes of the number in the same way: two's complement, the highest first. */
    private static byte[] derInteger(byte[] number) {
        return der(0x02, number);
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream der = new ByteArrayOutputStream();
        der.write(tag);
        if (content.length > 0x7f) {
            der.write(0x81);
        }
        der.write(content.length);
        der.writeBytes(content);
        return der.toByteArray();
    }
}
