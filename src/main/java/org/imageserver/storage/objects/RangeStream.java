package org.imageserver.storage.objects;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** Bytes from a position to an end; where they come from is a subclass's matter. Used by one thread at a time. */
abstract class RangeStream extends InputStream {
    private final long end;
    private long position;

    RangeStream(long position, long end) {
        this.position = position;
        this.end = end;
    }

    /** Of the next byte. */
    final long position() {
        return position;
    }

    /** How many bytes are left, at least one while {@link #readSome} runs. */
    final long left() {
        return end - position;
    }

    /**
     * Reads at least one byte, and at most so many; all of them belong to the range.
     *
     * @throws IOException when there is none: the end of the range is the end, not the end of the source
     */
    abstract int readSome(byte[] to, int offset, int length) throws IOException;

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public final int read(byte[] to, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, to.length);
        if (length == 0) {
            return 0;
        }
        if (position >= end) {
            return -1;
        }
        int read = readSome(to, offset, (int) Math.min(length, end - position));
        position += read;
        return read;
    }
}
