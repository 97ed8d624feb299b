package org.imageserver.remote;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** Bytes on their way through, and somebody who is told of them. Belongs to one thread at a time. */
public final class WatchedBytes implements ReadableByteChannel {
    private final ReadableByteChannel from;
    private final Watcher watcher;
    private boolean isEndTold;

    /** Is told of bytes, and may hold them up or end them by an exception. */
    public interface Watcher {
        /** So many bytes were read, as {@link ReadableByteChannel#read} says it; of the end, -1, it is told once. */
        void read(int bytes) throws IOException;
    }

    /** Has the watcher told of what is read of a channel; closed with this one. */
    public WatchedBytes(ReadableByteChannel from, Watcher watcher) {
        this.from = from;
        this.watcher = watcher;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int length = from.read(into);
        if (length >= 0) {
            watcher.read(length);
        } else if (!isEndTold) {
            watcher.read(length);
            isEndTold = true;
        }
        return length;
    }

    @Override
    public boolean isOpen() {
        return from.isOpen();
    }

    @Override
    public void close() throws IOException {
        from.close();
    }
}
