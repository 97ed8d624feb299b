package org.imageserver.auth;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;

/** A fresh key pair of the JDK, written as OpenSSH writes it, and what signs with it. */
public record SshKey(KeyPair pair, String type) {
    /** Of the kind that Triton's tools know. */
    public static SshKey rsa() {
        return generate("RSA", 2048, "ssh-rsa");
    }

    /** On the NIST curve of so many bits. */
    public static SshKey ecdsa(int bits) {
        return generate("EC", bits, "ecdsa-sha2-nistp" + bits);
    }

    /** Of the kind that ssh-keygen makes unasked. */
    public static SshKey ed25519() {
        return generate("Ed25519", 255, "ssh-ed25519");
    }

    private static SshKey generate(String algorithm, int bits, String type) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(bits);
            return new SshKey(generator.generateKeyPair(), type);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The line of an authorized_keys file. */
    public String line() {
        return type + " " + Base64.getEncoder().encodeToString(blob()) + " a comment";
    }

    byte[] blob() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            string(out, type.getBytes(StandardCharsets.US_ASCII));
            switch (pair.getPublic()) {
                case RSAPublicKey rsa -> {
                    string(out, rsa.getPublicExponent().toByteArray());
                    string(out, rsa.getModulus().toByteArray());
                }
                case ECPublicKey ec -> {
                    int size = (ec.getParams().getCurve().getField().getFieldSize() + 7) / 8;
                    string(out, type.substring("ecdsa-sha2-".length()).getBytes(StandardCharsets.US_ASCII));
                    out.writeInt(1 + 2 * size);
                    out.write(4);
                    out.write(padded(ec.getW().getAffineX(), size));
                    out.write(padded(ec.getW().getAffineY(), size));
                }
                default -> {
                    byte[] x509 = pair.getPublic().getEncoded();
                    string(out, Arrays.copyOfRange(x509, x509.length - 32, x509.length));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] padded(BigInteger number, int size) {
        byte[] bytes = number.toByteArray();
        byte[] padded = new byte[size];
        int length = Math.min(size, bytes.length);
        System.arraycopy(bytes, bytes.length - length, padded, size - length, length);
        return padded;
    }

    private static void string(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** A signature, base64, by the JDK's name of an algorithm such as SHA256withRSA. */
    public String sign(String algorithm, String text) throws GeneralSecurityException {
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(pair.getPrivate());
        signer.update(text.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(signer.sign());
    }

    /** What {@code printf %s TEXT | ssh-keygen -Y sign -n NAMESPACE} prints, for an ed25519 key. */
    public String sshSignature(String namespace, String text) throws GeneralSecurityException {
        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        ByteArrayOutputStream blob = new ByteArrayOutputStream();
        try (DataOutputStream toSign = new DataOutputStream(signed);
                DataOutputStream out = new DataOutputStream(blob)) {
            byte[] hash = MessageDigest.getInstance("SHA-512").digest(text.getBytes(StandardCharsets.UTF_8));
            toSign.writeBytes("SSHSIG");
            for (String part : new String[] {namespace, "", "sha512"}) {
                string(toSign, part.getBytes(StandardCharsets.US_ASCII));
            }
            string(toSign, hash);
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(pair.getPrivate());
            signer.update(signed.toByteArray());

            ByteArrayOutputStream signature = new ByteArrayOutputStream();
            string(new DataOutputStream(signature), type.getBytes(StandardCharsets.US_ASCII));
            string(new DataOutputStream(signature), signer.sign());
            out.writeBytes("SSHSIG");
            out.writeInt(1);
            string(out, blob());
            for (String part : new String[] {namespace, "", "sha512"}) {
                string(out, part.getBytes(StandardCharsets.US_ASCII));
            }
            string(out, signature.toByteArray());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return "-----BEGIN SSH SIGNATURE-----\n"
                + Base64.getMimeEncoder(70, new byte[] {'\n'}).encodeToString(blob.toByteArray())
                + "\n-----END SSH SIGNATURE-----\n";
    }
}
