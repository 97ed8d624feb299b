package org.imageserver.auth;

/** A users file that cannot be used, or a change of it that makes no sense; the message says what to do. */
public final class UsersException extends Exception {
    /** Takes the whole sentence that the operator will read. */
    public UsersException(String message) {
        super(message);
    }
}
