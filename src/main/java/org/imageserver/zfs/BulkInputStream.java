package org.imageserver.zfs;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** An input that is made to be read in large pieces; byte by byte works too, slowly. */
abstract class BulkInputStream extends InputStream {
    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return readSome(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public final int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        return length == 0 ? 0 : readSome(bytes, offset, length);
    }

    /**
     * Reads at least one byte, or finds the end.
     *
     * @param length at least one
     * @return how many bytes were read, or -1 at the end
     */
    abstract int readSome(byte[] bytes, int offset, int length) throws IOException;
}
