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
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that a command takes in, from a file or the standard input, counted for whoever watches. {@link #stop} may be
 * called by any thread: a read that waits for the sender ends at once, which an interrupt would do too, but that also
 * breaks the clearing away that follows.
 */
final class CommandInput implements ReadableByteChannel {
    private final FileChannel bytes;
    private final OptionalLong size;
    private LongConsumer watcher = total -> {};
    private long total;
    private volatile boolean isStopped;

    private CommandInput(FileChannel bytes, OptionalLong size) {
        this.bytes = bytes;
        this.size = size;
    }

    /**
     * Opens the file, or the standard input when there is none or it is {@code -}.
     *
     * @param hint how to give it something there, for somebody at a terminal
     */
    static CommandInput open(@Nullable Path file, String hint) throws IOException, CommandFailure {
        if (file == null || file.toString().equals("-")) {
            if (Terminal.isIn()) {
                throw new CommandFailure(CommandFailure.WRONG_USE, hint);
            }
            return new CommandInput(new FileInputStream(FileDescriptor.in).getChannel(), OptionalLong.empty());
        }
        try {
            return new CommandInput(FileChannel.open(file), OptionalLong.of(Files.size(file)));
        } catch (NoSuchFileException e) {
            throw new CommandFailure(CommandFailure.WRONG_USE, file + ": no such file");
        }
    }

    /** In bytes, where it is known beforehand. */
    OptionalLong size() {
        return size;
    }

    /** Tells somebody from now on how many bytes were read. */
    void watchedBy(LongConsumer newWatcher) {
        watcher = newWatcher;
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
    public int read(ByteBuffer target) throws IOException {
        int count = bytes.read(target);
        total += Math.max(0, count);
        watcher.accept(total);
        return count;
    }

    @Override
    public boolean isOpen() {
        return bytes.isOpen();
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
