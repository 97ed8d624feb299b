package org.imageserver.catalogue;

import java.util.List;
import java.util.Optional;
import org.imageserver.manifest.Violation;

/**
 * What the catalogue refuses, in the words that the client will read. The HTTP layer turns each kind into a status; no
 * kind is a fault of the server.
 */
public abstract sealed class ImageException extends RuntimeException {
    private ImageException(String message) {
        super(message, null, false, false);
    }

    /** The message, never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /** There is no such image, or none that this client may know of. */
    public static final class NotFound extends ImageException {
        private final Optional<String> image;

        NotFound(String message) {
            this(message, Optional.empty());
        }

        private NotFound(String message, Optional<String> image) {
            super(message);
            this.image = image;
        }

        /** No image has this uuid. */
        static NotFound image(String uuid) {
            return new NotFound("image " + uuid + " not found", Optional.of(uuid));
        }

        /** The uuid that no image has; empty when something else is missing. */
        public Optional<String> image() {
            return image;
        }
    }

    /** The file of a known image cannot be read at the moment. */
    public static final class FileUnavailable extends ImageException {
        /** Says what is wrong with it, and what to do. */
        public FileUnavailable(String message) {
            super(message);
        }
    }

    /** The client must say who it is before it may try this. */
    public static final class CredentialNeeded extends ImageException {
        CredentialNeeded(String message) {
            super(message);
        }
    }

    /** What was asked for is not possible, and why. */
    public static final class Refused extends ImageException {
        private final Reason reason;
        private final transient List<Violation> violations;

        Refused(Reason reason, String message) {
            this(reason, message, List.of());
        }

        Refused(Reason reason, String message, List<Violation> violations) {
            super(message);
            this.reason = reason;
            this.violations = List.copyOf(violations);
        }

        /** A parameter that cannot be used. */
        static Refused parameter(String field, String message) {
            return new Refused(
                    Reason.INVALID_PARAMETER, message, List.of(new Violation(field, Violation.INVALID, null)));
        }

        /** Which error of IMGAPI's catalogue it is. */
        public Reason reason() {
            return reason;
        }

        /** The fields that are wrong; most refusals concern none. */
        public List<Violation> violations() {
            return violations;
        }
    }

    /** The kinds of refusals, as IMGAPI tells them apart. */
    public enum Reason {
        VALIDATION_FAILED,
        INVALID_PARAMETER,
        PRECONDITION_FAILED,
        OPERATOR_ONLY,
        NOT_OWNER,
        UUID_EXISTS,
        FILES_IMMUTABLE,
        ALREADY_ACTIVATED,
        NO_FILE,
        ORIGIN_MISSING,
        ORIGIN_INACTIVE,
        HAS_DEPENDENTS,
        BAD_UPLOAD,
        BAD_DOWNLOAD,
        STORAGE_FULL
    }
}
