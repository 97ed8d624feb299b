package org.imageserver.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.imageserver.signing.SigningKey;
import org.imageserver.signing.UnusableKeyException;
import org.imageserver.signing.VerificationKey;

/** Keys as a command line names them. */
final class Keys {
    private static final int MAX_BYTES = 64 * 1024;

    private Keys() {}

    /** A secret key, by its file. */
    static SigningKey secret(Path file) throws CommandFailure {
        try {
            return SigningKey.parse(read(file));
        } catch (UnusableKeyException e) {
            throw wrong(file + " cannot be used to sign: " + e.getMessage());
        }
    }

    /** A public key: itself, or a file with it. */
    static VerificationKey open(String text) throws CommandFailure {
        try {
            return VerificationKey.parse(text.startsWith("ssh-") ? text : read(Path.of(text)));
        } catch (UnusableKeyException e) {
            throw wrong(text + ": " + e.getMessage());
        }
    }

    /** The public half of whatever is there. */
    static VerificationKey anyHalf(String text) throws CommandFailure {
        if (!text.startsWith("ssh-") && read(Path.of(text)).contains("PRIVATE KEY")) {
            return secret(Path.of(text)).verification();
        }
        return open(text);
    }

    private static String read(Path file) throws CommandFailure {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw wrong(file + " is too large for a key");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw wrong(file + ": no such file; image-server key new makes a key");
        } catch (IOException e) {
            throw wrong(file + " cannot be read: " + e);
        }
    }

    private static CommandFailure wrong(String message) {
        return new CommandFailure(CommandFailure.WRONG_USE, message);
    }
}
