package org.imageserver.http.imgapi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** Tells a job what has come. */
record CountedBytes(ReadableByteChannel from, Job job) implements ReadableByteChannel {
    @Override
    public int read(ByteBuffer into) throws IOException {
        int length = from.read(into);
        job.received(Math.max(0, length));
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
