package org.imageserver.storage.objects;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The object store cannot be reached, or says that it cannot work now; it may later. */
public final class StoreDownException extends IOException {
    /** Says what was tried. */
    public StoreDownException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
