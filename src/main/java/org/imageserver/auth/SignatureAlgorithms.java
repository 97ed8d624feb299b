package org.imageserver.auth;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.List;

/** The algorithms of HTTP signatures, by their names, on what the JDK has. Shared secrets (hmac) are not among them. */
final class SignatureAlgorithms {
    /** Says nothing of the algorithm: the key decides. */
    private static final String KEY_DECIDES = "hs2019";

    private SignatureAlgorithms() {}

    /** Whether the key made the signature over the bytes; false too for an algorithm that does not fit the key. */
    static boolean isValid(String algorithm, PublicKey key, byte[] signed, byte[] signature) {
        return candidates(algorithm, key).stream().anyMatch(name -> verify(name, key, signed, signature));
    }

    private static List<String> candidates(String algorithm, PublicKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> rsa(algorithm);
            case "EC" -> ecdsa(algorithm, (ECPublicKey) key);
            case "EdDSA" -> eddsa(algorithm);
            default -> List.of();
        };
    }

    private static List<String> rsa(String algorithm) {
        return switch (algorithm) {
            case "rsa-sha1" -> List.of("SHA1withRSA");
            case "rsa-sha256" -> List.of("SHA256withRSA");
            case "rsa-sha512" -> List.of("SHA512withRSA");
            case KEY_DECIDES -> List.of("SHA256withRSA", "SHA512withRSA");
            default -> List.of();
        };
    }

    private static List<String> ecdsa(String algorithm, ECPublicKey key) {
        return switch (algorithm) {
            case "ecdsa-sha256" -> List.of("SHA256withECDSA");
            case "ecdsa-sha384" -> List.of("SHA384withECDSA");
            case "ecdsa-sha512" -> List.of("SHA512withECDSA");
            case KEY_DECIDES -> {
                int bits = key.getParams().getCurve().getField().getFieldSize();
                yield List.of(bits <= 256 ? "SHA256withECDSA" : bits <= 384 ? "SHA384withECDSA" : "SHA512withECDSA");
            }
            default -> List.of();
        };
    }

    private static List<String> eddsa(String algorithm) {
        return switch (algorithm) {
            // The longer name is what sshpk, and so Triton's tools, say.
            case "ed25519", "ed25519-sha512", KEY_DECIDES -> List.of("Ed25519");
            default -> List.of();
        };
    }

    private static boolean verify(String name, PublicKey key, byte[] signed, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(name);
            verifier.initVerify(key);
            verifier.update(signed);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            // The JDK throws, rather than answers, for bytes that are no signature at all.
            return false;
        }
    }

    /** A key that nobody has, as costly to verify with as a real one. */
    static PublicKey decoy(String algorithm) {
        if (algorithm.startsWith("rsa")) {
            return Decoys.RSA;
        }
        return algorithm.startsWith("ecdsa") ? Decoys.EC : Decoys.ED25519;
    }

    /** Made when the first of them is needed. */
    private static final class Decoys {
        static final PublicKey RSA = rsa();
        static final PublicKey EC = generate("EC");
        static final PublicKey ED25519 = generate("Ed25519");

        private Decoys() {}

        /** Verifying needs no factors, so any odd number will do, and no primes have to be found. */
        private static PublicKey rsa() {
            BigInteger modulus =
                    new BigInteger(2048, new SecureRandom()).setBit(2047).setBit(0);
            try {
                return KeyFactory.getInstance("RSA")
                        .generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65537)));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has RSA", e);
            }
        }

        private static PublicKey generate(String algorithm) {
            try {
                return KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPublic();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has " + algorithm, e);
            }
        }
    }
}
