package org.imageserver.catalogue;

import java.io.IOException;
import org.imageserver.storage.PendingBlob;

/** Sees a file while it arrives. Called by the thread that receives it. */
public interface Follower {
    /** Nobody looks. */
    Follower NOBODY = new Follower() {
        @Override
        public void begins(PendingBlob pending) {}

        @Override
        public void wrote(long total) {}
    };

    /** Before the first byte is written. */
    void begins(PendingBlob pending) throws IOException;

    /** So many bytes are written; whether they are the right ones is not known yet. */
    void wrote(long total);
}
