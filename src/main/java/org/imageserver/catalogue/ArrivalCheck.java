package org.imageserver.catalogue;

import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.imageserver.zfs.StreamCheck;
import org.imageserver.zfs.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * The check of a ZFS stream beside its arrival, as long as it arrives. A check in progress holds memory, and xz files
 * are checked few at a time; so while a sender rests, its check is given up for others, and the file is read again when
 * all of it is there. Used by one thread.
 */
final class ArrivalCheck implements AutoCloseable {
    private @Nullable StreamCheck check;

    /**
     * Begins a check.
     *
     * @param isStream whether there is a stream to be checked at all
     */
    ArrivalCheck(boolean isStream) {
        this.check = isStream ? new StreamCheck() : null;
    }

    /** Takes the next bytes, and leaves the buffer as it is. */
    void update(ByteBuffer bytes) throws InterruptedIOException {
        if (check != null) {
            check.update(bytes.duplicate());
        }
    }

    /** The verdict, if it is known before the end: only a bad one is. */
    Optional<Verdict> settled() {
        return check == null ? Optional.empty() : check.settled();
    }

    /** The sender rests. */
    void giveUp() {
        close();
    }

    /** The verdict on all bytes; empty if there was none to be had, or it was given up. */
    Optional<Verdict> finish() throws InterruptedIOException {
        return check == null ? Optional.empty() : Optional.of(check.finish());
    }

    @Override
    public void close() {
        if (check != null) {
            check.close();
            check = null;
        }
    }
}
