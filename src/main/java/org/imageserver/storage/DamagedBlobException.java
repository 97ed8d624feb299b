package org.imageserver.storage;

import java.io.IOException;

/** The bytes of a blob are not those that were stored. Its message names the blob. */
public final class DamagedBlobException extends IOException {
    /** Says which. */
    public DamagedBlobException(String message) {
        super(message);
    }
}
