package org.imageserver.storage;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/** Reads a range of a channel by position, so that many streams share one channel. */
final class LocalBlobStream extends InputStream {
    // A read into an array passes through a direct buffer of its size, which the JDK keeps for each thread.
    private static final int MAX_READ_BYTES = 128 * 1024;

    private final BlobInfo info;
    private final FileChannel channel;
    private final long end;
    private long position;

    LocalBlobStream(BlobInfo info, FileChannel channel, long start, long end) {
        this.info = info;
        this.channel = channel;
        this.position = start;
        this.end = end;
    }

    @Override
    public int read() throws IOException {
        byte[] single = new byte[1];
        return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (position == end) {
            return -1;
        }
        int wanted = (int) Math.min(Math.min(length, MAX_READ_BYTES), end - position);
        int count = channel.read(ByteBuffer.wrap(target, offset, wanted), position);
        if (count < 0) {
            throw new EOFException(info.key() + " ends at or before byte " + position + ", but had " + info.size()
                    + " bytes when it was opened: somebody shortened the file in place");
        }
        position += count;
        return count;
    }

    @Override
    public long skip(long count) {
        long skipped = Math.clamp(count, 0, end - position);
        position += skipped;
        return skipped;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, end - position);
    }
}
