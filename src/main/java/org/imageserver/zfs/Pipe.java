package org.imageserver.zfs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Carries bytes from a thread that has them to one that wants them, at most a quarter of a megabyte ahead. One writer, one reader.
 *
 * <p>Not {@code PipedInputStream}, which wakes the other side once a second and mistakes a pooled thread that went on
 * to other work for a dead one.
 */
final class Pipe extends BulkInputStream {
    private static final int BUFFER_BYTES = 128 * 1024;
    private static final int BUFFERS = 2;

    private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(BUFFERS);
    /** Filled buffers; an empty one is the end. One place more than there are buffers, so that the end never waits. */
    private final BlockingQueue<ByteBuffer> full = new ArrayBlockingQueue<>(BUFFERS + 1);

    private int allocated;
    private @Nullable ByteBuffer writing;
    private @Nullable ByteBuffer reading;
    private boolean ended;

    /** Writer's side: takes all remaining bytes, waiting for the reader where it must. */
    void write(ByteBuffer bytes) throws InterruptedException {
        while (bytes.hasRemaining()) {
            ByteBuffer buffer = writing != null ? writing : emptyBuffer();
            int count = Math.min(bytes.remaining(), buffer.remaining());
            buffer.put(bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
            writing = buffer;
            if (!buffer.hasRemaining()) {
                handOver(buffer);
            }
        }
    }

    /** Writer's side: nothing more will come. */
    void end() {
        if (writing != null) {
            handOver(writing);
        }
        full.add(ByteBuffer.allocate(0));
    }

    /** Reader's side: lets the writer run on to its end, without looking at what it writes. */
    void drain() throws InterruptedException {
        while (!ended) {
            nextBuffer();
        }
    }

    @Override
    int readSome(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer buffer = reading;
        if (buffer == null || !buffer.hasRemaining()) {
            if (ended) {
                return -1;
            }
            try {
                buffer = nextBuffer();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("the check was interrupted");
            }
        }
        if (ended) {
            return -1;
        }
        int count = Math.min(length, buffer.remaining());
        buffer.get(bytes, offset, count);
        return count;
    }

    private ByteBuffer emptyBuffer() throws InterruptedException {
        ByteBuffer used = free.poll();
        if (used != null) {
            return used;
        }
        if (allocated < BUFFERS) {
            allocated++;
            return ByteBuffer.allocate(BUFFER_BYTES);
        }
        return free.take();
    }

    private void handOver(ByteBuffer buffer) {
        full.add(buffer.flip());
        writing = null;
    }

    private ByteBuffer nextBuffer() throws InterruptedException {
        if (reading != null) {
            free.add(reading.clear());
            reading = null;
        }
        ByteBuffer buffer = full.take();
        ended = !buffer.hasRemaining();
        reading = buffer;
        return buffer;
    }
}
