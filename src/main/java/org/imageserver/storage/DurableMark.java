package org.imageserver.storage;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * How much of a file is on the disk as it was written, said in a small file beside it. An older mark is as true as the
 * newest one, so its name need not be made durable.
 *
 * @param bytes how many, from the beginning
 * @param crc of these (CRC-32C): for what goes wrong by itself, not for what somebody does
 */
record DurableMark(long bytes, long crc) {
    static final DurableMark NONE = new DurableMark(0, 0);

    private static final int LENGTH = 2 * Long.BYTES;

    static Path beside(Path file) {
        return file.resolveSibling(file.getFileName() + ".mark");
    }

    /** What is said of a file; nothing of one that is shorter than that. */
    static DurableMark of(Path file) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(LENGTH);
        try (FileChannel channel = FileChannel.open(beside(file), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            while (read.hasRemaining() && channel.read(read) >= 0) {
                // Until all of it is there, or the file ends.
            }
            DurableMark mark = new DurableMark(read.flip().getLong(), read.getLong());
            return mark.bytes() > 0 && mark.bytes() <= Files.size(file) ? mark : NONE;
        } catch (NoSuchFileException | BufferUnderflowException e) {
            return NONE;
        }
    }

    /** Takes the place of an older one; whole or not at all. */
    void write(Path file) throws IOException {
        Path mark = beside(file);
        Path aside = mark.resolveSibling(mark.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                aside,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer written =
                    ByteBuffer.allocate(LENGTH).putLong(bytes).putLong(crc).flip();
            while (written.hasRemaining()) {
                channel.write(written);
            }
            channel.force(true);
        }
        Files.move(aside, mark, StandardCopyOption.ATOMIC_MOVE);
    }
}
