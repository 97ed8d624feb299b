package org.imageserver.http.publishing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** The bytes of an upload as one channel: those that a server before this one has kept, and those that come now. */
final class Arriving implements ReadableByteChannel {
    private final ReadableByteChannel before;
    private final Relay now;
    private final long expected;
    private long read;
    private boolean isFromBefore = true;

    /** What was kept cannot be used. */
    static final class DamagedException extends IOException {
        DamagedException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * Joins them.
     *
     * @param expected how many bytes were kept, as clients were told
     */
    Arriving(ReadableByteChannel before, long expected, Relay now) {
        this.before = before;
        this.expected = expected;
        this.now = now;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (isFromBefore) {
            now.checkIsWanted();
            int count = readKept(target);
            if (count >= 0) {
                return count;
            }
            isFromBefore = false;
        }
        return now.read(target);
    }

    private int readKept(ByteBuffer target) throws DamagedException {
        try {
            int count = before.read(target);
            read += Math.max(0, count);
            if (count < 0 && read != expected) {
                throw new IOException(read + " bytes are left of " + expected);
            }
            return count;
        } catch (IOException e) {
            throw new DamagedException(e);
        }
    }

    @Override
    public boolean isOpen() {
        return now.isOpen();
    }

    @Override
    public void close() throws IOException {
        before.close();
    }
}
