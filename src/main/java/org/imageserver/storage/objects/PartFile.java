package org.imageserver.storage.objects;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Where parts lie between their sender and the store, without a name. In memory, each of many uploads would take tens of
 * megabytes, for as long as its sender takes. One thread writes while another reads what was written before.
 */
final class PartFile implements Closeable {
    // A read into an array passes through a direct buffer of its size, which the JDK keeps for each thread.
    private static final int MAX_READ_BYTES = 128 * 1024;

    private final FileChannel channel;

    private PartFile(FileChannel channel) {
        this.channel = channel;
    }

    /** Makes an empty one; the directory is made when it is missing. Nothing of it outlives this process. */
    static PartFile create(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path file = Files.createTempFile(directory, "part-", ObjectCache.UNFINISHED);
        try {
            return new PartFile(FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
        } finally {
            Files.delete(file);
        }
    }

    /** Writes all that remains. */
    void write(ByteBuffer source, long position) throws IOException {
        for (long at = position; source.hasRemaining(); ) {
            at += channel.write(source, at);
        }
    }

    /** The file itself; closing it closes this. */
    FileChannel channel() {
        return channel;
    }

    /** Reads so many bytes from a position on. */
    InputStream stream(long position, long length) {
        return new PartStream(position, position + length);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private final class PartStream extends RangeStream {
        PartStream(long position, long end) {
            super(position, end);
        }

        @Override
        int readSome(byte[] to, int offset, int length) throws IOException {
            int wanted = Math.min(length, MAX_READ_BYTES);
            int read = channel.read(ByteBuffer.wrap(to, offset, wanted), position());
            if (read < 0) {
                throw new EOFException("a part on its way to the store became shorter");
            }
            return read;
        }
    }
}
