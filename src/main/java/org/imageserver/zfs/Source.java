package org.imageserver.zfs;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An input with a position and a view of what comes next, so that errors name the very byte and nobody reads too far.
 *
 * <p>Decompressors see it as an InputStream; closing it leaves the input open. Reading ends with an
 * InterruptedIOException when the thread is interrupted: that is how a check is cancelled. Not thread-safe.
 */
final class Source extends InputStream {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int next;
    private int limit;
    private long bufferStart;
    private boolean ranOut;
    private @Nullable IOException failure;

    Source(InputStream in) {
        this.in = in;
    }

    /** How many bytes were taken so far. */
    long position() {
        return bufferStart + next;
    }

    /** The array that holds what comes next, from {@link #offset()} on; valid until the next fill or read. */
    byte[] array() {
        return buffer;
    }

    int offset() {
        return next;
    }

    int buffered() {
        return limit - next;
    }

    void advance(int bytes) {
        next += bytes;
    }

    /**
     * Reads until that many bytes are buffered or the input ends.
     *
     * @param wanted at most 128 KiB
     * @return how many bytes are buffered now: fewer than wanted only at the end of the input
     */
    int fill(int wanted) throws IOException {
        if (next == limit || buffer.length - next < wanted) {
            discardBefore();
        }
        while (limit - next < wanted) {
            int count = readMore();
            if (count < 0) {
                break;
            }
            limit += count;
        }
        return limit - next;
    }

    /** The next bytes, without taking them: fewer than wanted only at the end of the input. */
    byte[] peek(int wanted) throws IOException {
        int count = Math.min(fill(wanted), wanted);
        return Arrays.copyOfRange(buffer, next, next + count);
    }

    /** Whether a reader asked for more than there is, since the last {@link #forgetEnd()}. */
    boolean ranOut() {
        return ranOut;
    }

    void forgetEnd() {
        ranOut = false;
    }

    /** The error of the input itself, which says nothing about the bytes. */
    @Nullable
    IOException failure() {
        return failure;
    }

    @Override
    public int read() throws IOException {
        if (next == limit && fill(1) == 0) {
            ranOut = true;
            return -1;
        }
        return buffer[next++] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        if (next == limit && fill(1) == 0) {
            ranOut = true;
            return -1;
        }
        int count = Math.min(length, limit - next);
        System.arraycopy(buffer, next, bytes, offset, count);
        next += count;
        return count;
    }

    /**
     * Takes a little-endian number of so many bytes, at most eight.
     *
     * @throws EOFException when the input ends before
     */
    long readLittleEndian(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            int digit = read();
            if (digit < 0) {
                throw new EOFException();
            }
            value |= (long) digit << (8 * i);
        }
        return value;
    }

    private void discardBefore() {
        System.arraycopy(buffer, next, buffer, 0, limit - next);
        bufferStart += next;
        limit -= next;
        next = 0;
    }

    private int readMore() throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw failed(new InterruptedIOException("the check was interrupted"));
        }
        try {
            return in.read(buffer, limit, buffer.length - limit);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private IOException failed(IOException e) {
        failure = e;
        return e;
    }
}
