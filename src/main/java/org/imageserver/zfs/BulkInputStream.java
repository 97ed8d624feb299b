package org.imageserver.zfs;

import java.io.IOException;
import java.io.InputStream;

/** An input that is made to be read in large pieces; byte by byte works too, slowly. */
abstract class BulkInputStream extends InputStream {
    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public abstract int read(byte[] bytes, int offset, int length) throws IOException;
}
