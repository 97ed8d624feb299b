package org.imageserver.catalogue;

import java.io.IOException;

/** The storage cannot be reached now; it may later. */
public final class StorageDownException extends IOException {
    StorageDownException(IOException cause) {
        super("the storage cannot be reached; try again later", cause);
    }
}
