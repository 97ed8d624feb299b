package org.imageserver.catalogue;

import java.io.IOException;

/** There is no room for the bytes; nothing of them was kept. */
public final class StorageFullException extends IOException {
    StorageFullException(String message, IOException cause) {
        super(message, cause);
    }

    StorageFullException(String message) {
        super(message);
    }

    /** Recognizes what operating systems say of a full disk or quota. */
    static boolean isMeantBy(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("No space left") || message.contains("quota exceeded") || message.contains("ENOSPC");
    }
}
