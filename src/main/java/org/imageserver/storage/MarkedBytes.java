package org.imageserver.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** The bytes that a {@link DurableMark} speaks of; whoever has read all of them knows that they are the right ones. */
final class MarkedBytes implements ReadableByteChannel {
    private final Path file;
    private final DurableMark mark;
    private final FileChannel channel;
    private final CRC32C crc = new CRC32C();
    private long position;

    MarkedBytes(Path file, DurableMark mark) throws IOException {
        this.file = file;
        this.mark = mark;
        this.channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (position == mark.bytes()) {
            return -1;
        }
        int most = (int) Math.min(target.remaining(), mark.bytes() - position);
        ByteBuffer part = target.slice(target.position(), most);
        int count = channel.read(part, position);
        if (count < 0) {
            throw new IOException(file + " ends at " + position + " of the " + mark.bytes() + " bytes that were there");
        }
        crc.update(part.flip());
        position += count;
        if (position == mark.bytes() && crc.getValue() != mark.crc()) {
            throw new IOException("the first " + position + " bytes of " + file + " are not those that were written");
        }
        target.position(target.position() + count);
        return count;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
