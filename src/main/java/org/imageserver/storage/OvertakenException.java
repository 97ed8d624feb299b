package org.imageserver.storage;

import java.io.IOException;

/** What was read before a change is not true any more: another server changed something first. Nothing was written. */
public final class OvertakenException extends IOException {
    /** Says by what. */
    public OvertakenException(String message) {
        super(message);
    }
}
