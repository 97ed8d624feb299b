package org.imageserver.signing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The public half of a key: whoever has it can tell what was signed with the other one. Written as OpenSSH writes it
 * ({@code ssh-ed25519 AAAA...}), so {@code ssh-keygen -l} shows the same fingerprint. Immutable.
 */
public final class VerificationKey {
    static final int BYTES = 32;

    private static final String NAME = "ssh-ed25519";
    private static final Pattern TEXT = Pattern.compile(NAME + " ([A-Za-z0-9+/]+=*)(?: [^\\r\\n]*)?");

    /** What stands before the 32 bytes of a key in X.509 (RFC 8410). */
    private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

    /** What stands before them in OpenSSH's form (RFC 8709): name and length. */
    private static final byte[] OPENSSH = ByteBuffer.allocate(4 + NAME.length() + 4)
            .putInt(NAME.length())
            .put(NAME.getBytes(StandardCharsets.US_ASCII))
            .putInt(BYTES)
            .array();

    private final byte[] bytes;

    private VerificationKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Reads the 32 bytes of a key. */
    static VerificationKey of(byte[] bytes) throws UnusableKeyException {
        VerificationKey key = new VerificationKey(bytes.clone());
        key.publicKey();
        return key;
    }

    /**
     * Reads {@code ssh-ed25519 AAAA...}; a comment may follow.
     *
     * @throws UnusableKeyException when it is something else
     */
    public static VerificationKey parse(String text) throws UnusableKeyException {
        Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new UnusableKeyException("a public key is one line, " + NAME + " AAAA..., as image-server key new"
                    + " writes it into its .pub file");
        }
        try {
            byte[] blob = Base64.getDecoder().decode(matcher.group(1));
            int begin = OPENSSH.length;
            boolean isWhole = blob.length == begin + BYTES && Arrays.equals(Arrays.copyOf(blob, begin), OPENSSH);
            VerificationKey key = isWhole ? of(Arrays.copyOfRange(blob, begin, blob.length)) : null;
            // Base64 has several texts for the same bytes; one of them is the key.
            if (key == null || !key.text().equals(NAME + " " + matcher.group(1))) {
                throw new UnusableKeyException("the public key is damaged: " + NAME + " is followed by other bytes");
            }
            return key;
        } catch (IllegalArgumentException e) {
            throw new UnusableKeyException("the public key is damaged: " + e.getMessage(), e);
        }
    }

    /** {@code ssh-ed25519 AAAA...} */
    public String text() {
        return NAME + " " + Base64.getEncoder().encodeToString(openSsh());
    }

    /** {@code SHA256:...}, as {@code ssh-keygen -l} shows it: for people, who compare it. */
    public String fingerprint() {
        return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(sha256(openSsh()));
    }

    private byte[] openSsh() {
        return ByteBuffer.allocate(OPENSSH.length + BYTES)
                .put(OPENSSH)
                .put(bytes)
                .array();
    }

    /** As openssl reads it. */
    public String pem() {
        return SigningKey.pem("PUBLIC KEY", x509());
    }

    private byte[] x509() {
        return ByteBuffer.allocate(X509.length + BYTES).put(X509).put(bytes).array();
    }

    private PublicKey publicKey() throws UnusableKeyException {
        try {
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(x509()));
        } catch (GeneralSecurityException e) {
            throw new UnusableKeyException("the public key is damaged: " + e.getMessage(), e);
        }
    }

    /** Whether these bytes were signed with the other half of this key. */
    boolean isSigned(byte[] signed, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(publicKey());
            verifier.update(signed);
            return verifier.verify(signature);
        } catch (SignatureException | InvalidKeyException | UnusableKeyException e) {
            // Bytes that are no signature, or a point that is none: nobody signed with it.
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java knows no Ed25519", e);
        }
    }

    private static byte[] sha256(byte[] of) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(of);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java knows no SHA-256", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof VerificationKey its && Arrays.equals(bytes, its.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Its fingerprint. */
    @Override
    public String toString() {
        return fingerprint();
    }
}
