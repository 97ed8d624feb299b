package org.imageserver.storage.objects;

import java.io.IOException;

/** The object store cannot be reached, or says that it cannot work now; it may later. */
public final class StoreDownException extends IOException {
    /** Says what was tried. */
    public StoreDownException(String message, Throwable cause) {
        super(message, cause);
    }
}
