package org.imageserver.signing;

/** Something is no key, or no signature; the message says what it should be. */
public final class UnusableKeyException extends Exception {
    UnusableKeyException(String message) {
        super(message);
    }

    UnusableKeyException(String message, Exception cause) {
        super(message, cause);
    }

    /** The message, never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
