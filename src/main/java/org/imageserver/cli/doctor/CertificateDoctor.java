package org.imageserver.cli.doctor;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Looks at a chain of certificates with the eyes of imgadm, whose OpenSSL is of the 1.0.1 era. */
final class CertificateDoctor {
    private static final Duration SOON = Duration.ofDays(21);
    private static final int LEAST_RSA_BITS = 2048;

    /** Curves of 256, 384 and 521 bits are all that it knows. */
    private static final Set<Integer> CURVES = Set.of(256, 384, 521);

    private final List<X509Certificate> chain;

    CertificateDoctor(List<X509Certificate> chain) {
        this.chain = chain;
    }

    List<Finding> examine(String where) {
        List<Finding> findings = new ArrayList<>();
        X509Certificate own = chain.getFirst();
        Instant end = own.getNotAfter().toInstant();
        if (end.isBefore(Instant.now())) {
            findings.add(Finding.broken(where + " has expired at " + end, "renew it"));
        } else if (own.getNotBefore().toInstant().isAfter(Instant.now())) {
            findings.add(Finding.broken(
                    where + " is valid from " + own.getNotBefore().toInstant() + " only", "look at the clock"));
        } else if (end.isBefore(Instant.now().plus(SOON))) {
            findings.add(Finding.warning(where + " expires at " + end, "renew it; the server takes it up by itself"));
        } else {
            findings.add(Finding.fine(where + " is valid until " + end));
        }
        chain.forEach(certificate -> findings.addAll(oldEyes(certificate, where)));
        findings.addAll(links(where));
        return findings;
    }

    private static List<Finding> oldEyes(X509Certificate certificate, String where) {
        boolean isKnown = switch (certificate.getPublicKey()) {
            case RSAPublicKey rsa -> rsa.getModulus().bitLength() >= LEAST_RSA_BITS;
            case ECPublicKey curve ->
                CURVES.contains(curve.getParams().getCurve().getField().getFieldSize());
            default -> false;
        };
        String signed = certificate.getSigAlgName();
        if (isKnown && !signed.contains("PSS") && !signed.startsWith("Ed")) {
            return List.of();
        }
        return List.of(Finding.broken(
                "imgadm's OpenSSL cannot read " + name(certificate) + " in " + where + ": its key is "
                        + certificate.getPublicKey().getAlgorithm() + ", signed by " + signed,
                "get one with an RSA key of " + LEAST_RSA_BITS + " bits or an EC key on P-256"));
    }

    /** Each certificate must be signed by the next one; the last one's issuer is what clients know by themselves. */
    private List<Finding> links(String where) {
        List<Finding> findings = new ArrayList<>();
        for (int index = 0; index + 1 < chain.size(); index++) {
            X509Certificate certificate = chain.get(index);
            X509Certificate issuer = chain.get(index + 1);
            if (!isSigned(certificate, issuer)) {
                findings.add(Finding.broken(
                        name(certificate) + " in " + where + " is not signed by the one after it, " + name(issuer),
                        "put the server's certificate first, then each one's issuer"));
            }
        }
        X509Certificate last = chain.getLast();
        boolean isSelfSigned = isSigned(last, last);
        if (isSelfSigned && chain.size() == 1) {
            findings.add(Finding.warning(
                    where + " is signed by itself alone: imgadm refuses it",
                    "IMGADM_INSECURE=1 before each imgadm command, or get one from an authority"));
        } else if (!isSelfSigned && chain.size() == 1) {
            findings.add(Finding.warning(
                    where + " comes without the intermediate certificates",
                    "most authorities need them: add the one of "
                            + last.getIssuerX500Principal().getName()));
        }
        return findings;
    }

    private static boolean isSigned(X509Certificate certificate, X509Certificate issuer) {
        try {
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static String name(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }
}
