package org.imageserver.remote;

import java.io.IOException;

/** Another server could not be asked, refused, or broke off; the message says which server and what it said. */
public class RemoteException extends IOException {
    /** Says which server, and what it said. */
    public RemoteException(String message) {
        super(message);
    }

    /** The same, with what led to it. */
    public RemoteException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The message, never null. */
    @Override
    public final String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
