package org.imageserver.catalogue;

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
        NotFound(String message) {
            super(message);
        }

        /** No image has this uuid. */
        static NotFound image(String uuid) {
            return new NotFound("image " + uuid + " not found");
        }
    }

    /** A parameter of a query cannot be used. */
    public static final class InvalidParameter extends ImageException {
        private final String field;

        InvalidParameter(String field, String message) {
            super(message);
            this.field = field;
        }

        /** The name of the parameter. */
        public String field() {
            return field;
        }
    }

    /** The file of a known image cannot be read at the moment. */
    public static final class FileUnavailable extends ImageException {
        FileUnavailable(String message) {
            super(message);
        }
    }
}
