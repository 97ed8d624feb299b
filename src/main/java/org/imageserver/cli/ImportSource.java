package org.imageserver.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that are imported, from the standard input or a file, counted for whoever watches. {@link #stop} may be
 * called by any thread: a read that waits for the sender ends at once, which an interrupt would do too, but that also
 * breaks the clearing away that follows.
 */
final class ImportSource implements ReadableByteChannel {
    private final FileChannel bytes;
    private final OptionalLong size;
    private final Progress progress;
    private long total;
    private volatile boolean isStopped;

    private ImportSource(FileChannel bytes, OptionalLong size) {
        this.bytes = bytes;
        this.size = size;
        this.progress = Progress.start("importing", size);
    }

    /** Opens the file, or the standard input when there is none. */
    static ImportSource open(@Nullable Path file) throws IOException, CommandFailure {
        if (file != null) {
            try {
                FileChannel bytes = FileChannel.open(file);
                return new ImportSource(bytes, OptionalLong.of(Files.size(file)));
            } catch (NoSuchFileException e) {
                throw new CommandFailure(CommandFailure.WRONG_USE, file + ": no such file");
            }
        }
        if (Terminal.isIn()) {
            throw new CommandFailure(
                    CommandFailure.WRONG_USE,
                    "the image is read from the standard input, such as:"
                            + " zfs send zones/UUID@image | gzip | image-server import NAME VERSION DESCRIPTION");
        }
        return new ImportSource(new FileInputStream(FileDescriptor.in).getChannel(), OptionalLong.empty());
    }

    /** In bytes, where it is known beforehand. */
    OptionalLong size() {
        return size;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int count = bytes.read(target);
        if (count > 0) {
            total += count;
            progress.reached(total);
        }
        return count;
    }

    /** Ends the reading where it is. */
    void stop() {
        isStopped = true;
        try {
            bytes.close();
        } catch (IOException e) {
            // It was only read: the reader notices, or has finished.
        }
    }

    boolean isStopped() {
        return isStopped;
    }

    @Override
    public boolean isOpen() {
        return bytes.isOpen();
    }

    @Override
    public void close() throws IOException {
        progress.close();
        bytes.close();
    }
}
