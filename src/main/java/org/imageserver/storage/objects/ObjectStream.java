package org.imageserver.storage.objects;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A part of an object, straight from the store. An answer that breaks is taken up where it broke, as long as it gets
 * on: the object never changes, so the bytes fit together. Used by one thread.
 */
final class ObjectStream extends RangeStream {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectStream.class);

    /** How often in a row it may break without a byte, and for how long. */
    private static final int MOST_FAILURES = 3;

    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final ObjectStore store;
    private final String object;
    private int failures;
    private long moved;
    private @Nullable InputStream answer;

    ObjectStream(ObjectStore store, String object, long offset, long end) {
        super(offset, end);
        this.store = store;
        this.object = object;
    }

    @Override
    int readSome(byte[] to, int offset, int length) throws IOException {
        moved = System.nanoTime();
        while (true) {
            try {
                int read = answer().read(to, offset, length);
                if (read < 0) {
                    throw new EOFException("the answer ends " + left() + " bytes early");
                }
                failures = 0;
                return read;
            } catch (FileNotFoundException e) {
                throw e;
            } catch (IOException e) {
                takeUp(e);
            }
        }
    }

    private InputStream answer() throws IOException {
        InputStream open = answer;
        if (open == null) {
            open = store.read(object, position(), position() + left());
            answer = open;
        }
        return open;
    }

    private void takeUp(IOException broken) throws IOException {
        close();
        failures++;
        boolean isHopeless = failures > MOST_FAILURES || System.nanoTime() - moved > LONGEST_NANOS;
        if (isHopeless || Thread.currentThread().isInterrupted()) {
            throw broken;
        }
        LOG.debug("the answer with {} broke at byte {}; asking for the rest", object, position(), broken);
    }

    @Override
    public void close() throws IOException {
        InputStream open = answer;
        answer = null;
        if (open != null) {
            open.close();
        }
    }
}
