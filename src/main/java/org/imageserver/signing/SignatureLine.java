package org.imageserver.signing;

import java.util.Base64;

/**
 * A detached signature and the key that it was made with, as one line: {@code ssh-ed25519 AAAA... SIGNATURE}, the
 * signature in base64. Immutable.
 */
public final class SignatureLine {
    private static final int BYTES = 64;

    private final VerificationKey key;
    private final byte[] signature;

    private SignatureLine(VerificationKey key, byte[] signature) {
        this.key = key;
        this.signature = signature;
    }

    /** Signs. */
    public static SignatureLine of(Statement statement, SigningKey key) {
        return new SignatureLine(key.verification(), key.sign(statement.bytes()));
    }

    /**
     * Reads a line. There is one text for each signature.
     *
     * @throws UnusableKeyException when it is none
     */
    public static SignatureLine parse(String line) throws UnusableKeyException {
        int last = line.lastIndexOf(' ');
        if (!line.endsWith("\n") || last < 0) {
            throw new UnusableKeyException("it is no line of the form: ssh-ed25519 AAAA... SIGNATURE");
        }
        VerificationKey key = VerificationKey.parse(line.substring(0, last));
        try {
            byte[] signature = Base64.getDecoder().decode(line.substring(last + 1, line.length() - 1));
            SignatureLine read = new SignatureLine(key, signature);
            if (signature.length != BYTES || !read.toString().equals(line)) {
                throw new UnusableKeyException("what follows the key is no signature");
            }
            return read;
        } catch (IllegalArgumentException e) {
            throw new UnusableKeyException("what follows the key is no signature: " + e.getMessage(), e);
        }
    }

    /** The key that it says it was made with; whether that is so, {@link #isOf} tells. */
    public VerificationKey key() {
        return key;
    }

    /** Whether it is a signature of this statement, made with its key. */
    public boolean isOf(Statement statement) {
        return key.isSigned(statement.bytes(), signature);
    }

    /** The line, with its end. */
    @Override
    public String toString() {
        return key.text() + " " + Base64.getEncoder().encodeToString(signature) + "\n";
    }
}
