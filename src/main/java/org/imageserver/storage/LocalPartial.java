package org.imageserver.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32C;

/** A file aside that outlives its writing: each flush is followed by a mark of how far it went. */
final class LocalPartial implements PendingBlob {
    /** What may have to be sent again after a crash is at most twice as much. */
    private static final long STEP = 8L << 20;

    private final LocalWriter writer;
    private final BlobKey key;
    private final Path file;
    private final FileChannel channel;
    private final WriteBehind writeBehind;
    private final CRC32C crc = new CRC32C();

    /** How many bytes are in the file from before. */
    private final long present;

    private long position;
    private boolean isWhole = true;

    /**
     * Goes on with a file.
     *
     * @param channel open for writing, cut to what is known of the file
     */
    LocalPartial(LocalWriter writer, BlobKey key, Path file, FileChannel channel) throws IOException {
        this.writer = writer;
        this.key = key;
        this.file = file;
        this.channel = channel;
        this.present = channel.size();
        channel.position(present);
        this.writeBehind = new WriteBehind(channel, STEP, this::marking);
    }

    /** What is to be done when all that is written by now is on the disk. */
    private WriteBehind.Afterwards marking() {
        DurableMark mark = new DurableMark(position, crc.getValue());
        return () -> mark.write(file);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        requireOpen();
        int count = source.remaining();
        crc.update(source.duplicate());
        long known = Math.clamp(present - position, 0, count);
        source.position(source.position() + (int) known);
        position += count;
        try {
            while (source.hasRemaining()) {
                channel.write(source);
            }
            writeBehind.written((int) (count - known));
            return count;
        } catch (IOException | RuntimeException e) {
            isWhole = false;
            throw e;
        }
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    private void requireOpen() throws ClosedChannelException {
        if (!channel.isOpen() || !isWhole) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public BlobInfo commit() throws IOException {
        requireOpen();
        isWhole = false;
        writeBehind.await();
        BlobInfo info = writer.seal(key, file, channel);
        writer.publish(key, file, target -> Files.move(file, target, StandardCopyOption.ATOMIC_MOVE));
        writer.pendingFiles().remove(DurableMark.beside(file));
        writer.pendingFiles().remove(file);
        return info;
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            if (channel.isOpen() && isWhole && position > present) {
                isWhole = false;
                writeBehind.await();
                channel.force(false);
                marking().run();
            }
        }
    }
}
