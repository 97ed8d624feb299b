package org.imageserver.storage;

import java.io.IOException;

/** Thrown when a blob is to be opened that is not there. Carries the key, and the reason where there is more to say. */
public final class NoSuchBlobException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient BlobKey key;

    /** For a key under which there is nothing. */
    public NoSuchBlobException(BlobKey key) {
        this(key, "nothing is stored under that name");
    }

    /** For a key under which there is something that is not a blob; the reason completes "no blob KEY: ". */
    public NoSuchBlobException(BlobKey key, String reason) {
        super("no blob " + key + ": " + reason);
        this.key = key;
    }

    /** The key that was asked for. */
    public BlobKey key() {
        return key;
    }
}
