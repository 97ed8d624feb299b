package org.imageserver.signing;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A key to sign with; a secret. Immutable. */
public final class SigningKey {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final int LINE = 64;

    private final EdECPrivateKey secret;
    private final VerificationKey verification;

    private SigningKey(EdECPrivateKey secret) throws GeneralSecurityException, UnusableKeyException {
        this.secret = secret;
        this.verification = verification(secret);
    }

    /** Makes a new one. */
    public static SigningKey generate() {
        try {
            return new SigningKey((EdECPrivateKey)
                    KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate());
        } catch (GeneralSecurityException | UnusableKeyException e) {
            throw new IllegalStateException("this Java knows no Ed25519", e);
        }
    }

    /**
     * Reads a private key in PEM (PKCS #8), which openssl makes too.
     *
     * @throws UnusableKeyException when it is something else
     */
    public static SigningKey parse(String text) throws UnusableKeyException {
        Matcher matcher = PEM.matcher(text);
        if (!matcher.find()) {
            throw new UnusableKeyException("it is no private key in PEM, as image-server key new writes it"
                    + (text.contains("ssh-ed25519") || text.contains("PUBLIC") ? "; this is the public half" : ""));
        }
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(matcher.group(1));
            if (KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded))
                    instanceof EdECPrivateKey secret) {
                return new SigningKey(secret);
            }
            throw new UnusableKeyException("it is no Ed25519 key");
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new UnusableKeyException("it is no Ed25519 key: " + e.getMessage(), e);
        }
    }

    /**
     * The public half follows from the secret one, but Java has no name for that: a generator that is fed with the
     * secret in place of random bytes makes the same pair again.
     */
    private static VerificationKey verification(EdECPrivateKey secret)
            throws GeneralSecurityException, UnusableKeyException {
        byte[] seed = secret.getBytes().orElseThrow();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(NamedParameterSpec.ED25519, new SecureRandom() {
            @Override
            public void nextBytes(byte[] bytes) {
                System.arraycopy(seed, 0, bytes, 0, Math.min(seed.length, bytes.length));
            }
        });
        EdECPublicKey open = (EdECPublicKey) generator.generateKeyPair().getPublic();
        byte[] encoded = open.getEncoded();
        return VerificationKey.of(Arrays.copyOfRange(encoded, encoded.length - VerificationKey.BYTES, encoded.length));
    }

    /** Its public half. */
    public VerificationKey verification() {
        return verification;
    }

    /** The secret in PEM (PKCS #8). */
    public String pem() {
        return pem("PRIVATE KEY", secret.getEncoded());
    }

    static String pem(String what, byte[] encoded) {
        String body = Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(encoded);
        return "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n";
    }

    byte[] sign(byte[] bytes) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(secret);
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key that was read cannot be used", e);
        }
    }

    /** Not the secret. */
    @Override
    public String toString() {
        return verification.fingerprint();
    }
}
