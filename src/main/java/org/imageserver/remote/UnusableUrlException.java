package org.imageserver.remote;

/** A URL that this server does not ask, whoever stands behind it: no URL at all, or of a scheme that is not allowed. */
public final class UnusableUrlException extends Exception {
    UnusableUrlException(String message) {
        super(message);
    }

    /** The message, never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
