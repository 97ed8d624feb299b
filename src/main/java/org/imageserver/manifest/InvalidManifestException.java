package org.imageserver.manifest;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are no manifest. The message is complete for a person, except for the name of the file, which this package
 * does not know: whoever reads the file puts it in front.
 */
public final class InvalidManifestException extends Exception {
    private final @Nullable String field;

    private InvalidManifestException(@Nullable String field, String message, @Nullable Exception cause) {
        super(message, cause);
        this.field = field;
    }

    /** The text as a whole is wrong. */
    static InvalidManifestException inText(String message) {
        return inText(message, null);
    }

    static InvalidManifestException inText(String message, @Nullable Exception cause) {
        return new InvalidManifestException(null, message, cause);
    }

    /** One field is wrong; its name is put in front of the message. */
    static InvalidManifestException inField(String field, String message) {
        return new InvalidManifestException(field, "\"" + field + "\": " + message, null);
    }

    /** The field at fault, such as {@code files[0].size}; empty when the JSON itself is broken. */
    public Optional<String> field() {
        return Optional.ofNullable(field);
    }
}
