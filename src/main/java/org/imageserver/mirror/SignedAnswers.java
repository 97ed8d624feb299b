package org.imageserver.mirror;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.imageserver.config.Settings.Source;
import org.imageserver.remote.RemoteException;
import org.imageserver.signing.SignatureLine;
import org.imageserver.signing.Statement;
import org.imageserver.signing.UnusableKeyException;
import org.imageserver.signing.VerificationKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a source says is believed only if the key that is trusted has signed it; where none is, everything is. Thread-safe.
 */
final class SignedAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(SignedAnswers.class);

    /** An answer and its signature are two requests, and the image may change between them. */
    private static final int ATTEMPTS = 3;

    private final String source;
    private final Optional<VerificationKey> trusted;
    private final Signatures signatures;

    /** Where signatures are asked for. */
    interface Signatures {
        /** The line at a path, or nothing when there is none. */
        Optional<String> at(String path) throws IOException;
    }

    /** Asks for an answer and checks it. */
    interface Asking<T, E extends Exception> {
        T ask() throws IOException, E;
    }

    /** The key is the right one, but what it has signed is something else. */
    private static final class OfAnotherException extends IOException {
        OfAnotherException(String message) {
            super(message);
        }
    }

    SignedAnswers(String source, Optional<VerificationKey> trusted, Signatures signatures) {
        this.source = source;
        this.trusted = trusted;
        this.signatures = signatures;
    }

    /**
     * The key that a source must sign with.
     *
     * @throws IOException when what the configuration has is none
     */
    static Optional<VerificationKey> trusted(Source source) throws IOException {
        if (source.trust().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(VerificationKey.parse(source.trust().get()));
        } catch (UnusableKeyException e) {
            throw new IOException("\"trust\" of the source " + source.url() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Makes sure that an answer is signed, if it must be.
     *
     * @param path of the signature
     * @param answer what it must say; asked for only when it matters
     * @throws RemoteException when it is not
     */
    void check(String path, Supplier<Statement> answer) throws IOException {
        if (trusted.isEmpty()) {
            return;
        }
        String line = signatures
                .at(path)
                .orElseThrow(() -> new RemoteException(source + path
                        + ": there is no signature, but the source is to be" + " trusted only with one (\"trust\")"));
        try {
            SignatureLine signature = SignatureLine.parse(line);
            if (!trusted.get().equals(signature.key())) {
                throw new RemoteException(source + path + " is a signature with the key " + signature.key()
                        + ", but only " + trusted.get() + " is trusted");
            }
            if (!signature.isOf(answer.get())) {
                throw new OfAnotherException(source + path + " is no signature of what the source answers");
            }
        } catch (UnusableKeyException e) {
            throw new RemoteException(source + path + " is no signature: " + e.getMessage(), e);
        }
    }

    /** Asks again when a signature is one of something else: of what was there a moment before or after. */
    <T, E extends Exception> T inAgreement(Asking<T, E> asking) throws IOException, E {
        for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
            try {
                return asking.ask();
            } catch (OfAnotherException e) {
                LOG.debug("asking again: {}", e.getMessage());
            }
        }
        return asking.ask();
    }
}
