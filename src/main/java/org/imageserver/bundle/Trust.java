package org.imageserver.bundle;

import java.util.List;
import java.util.stream.Collectors;
import org.imageserver.signing.SignatureLine;
import org.imageserver.signing.Statement;
import org.imageserver.signing.VerificationKey;

/**
 * Whose bundles are taken.
 *
 * @param keys of which one must have signed; empty: whoever signed, and also nobody
 */
public record Trust(List<VerificationKey> keys) {
    /** Everybody. */
    public static final Trust ANYBODY = new Trust(List.of());

    void check(SignatureLine signature, Statement statement) throws BundleException {
        if (!keys.isEmpty() && !keys.contains(signature.key())) {
            throw new BundleException("the bundle is signed with the key " + signature.key()
                    + ", which is not trusted; trusted: "
                    + keys.stream().map(VerificationKey::fingerprint).collect(Collectors.joining(", ")));
        }
        if (!signature.isOf(statement)) {
            throw new BundleException("the signature in " + Contents.SIGNATURE + " is not one of " + Contents.TABLE
                    + " with the key " + signature.key() + ": one of the two was changed");
        }
    }

    void checkUnsigned() throws BundleException {
        if (!keys.isEmpty()) {
            throw new BundleException(
                    "the bundle is not signed; one that is to be trusted is made with: bundle create --key FILE");
        }
    }
}
