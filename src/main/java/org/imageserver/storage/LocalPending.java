package org.imageserver.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file aside, which a rename or a hard link gives its name. */
final class LocalPending implements PendingBlob {
    private final LocalWriter writer;
    private final BlobKey key;
    private final Path file;
    private final FileChannel channel;
    private final WriteBehind writeBehind;

    LocalPending(LocalWriter writer, BlobKey key, Path file, FileChannel channel) {
        this.writer = writer;
        this.key = key;
        this.file = file;
        this.channel = channel;
        this.writeBehind = new WriteBehind(channel);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int count = source.remaining();
        try {
            while (source.hasRemaining()) {
                channel.write(source);
            }
            writeBehind.written(count);
            return count;
        } catch (IOException | RuntimeException e) {
            discardAfter(e);
            throw e;
        }
    }

    @Override
    public FileChannel follow() throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public BlobInfo commit() throws IOException {
        try {
            BlobInfo info = seal();
            writer.publish(key, file, target -> Files.move(file, target, StandardCopyOption.ATOMIC_MOVE));
            close();
            return info;
        } catch (IOException | RuntimeException e) {
            discardAfter(e);
            throw e;
        }
    }

    /** Commits unless the name is taken; returns whether it did. */
    boolean commitIfAbsent() throws IOException {
        try {
            seal();
            writer.publish(key, file, target -> writer.exclusive().create(file, target));
            close();
            return true;
        } catch (FileAlreadyExistsException e) {
            close();
            return false;
        } catch (IOException | RuntimeException e) {
            discardAfter(e);
            throw e;
        }
    }

    /** Bytes and size are durable afterwards; only the name is missing. */
    private BlobInfo seal() throws IOException {
        if (!channel.isOpen()) {
            throw new ClosedChannelException();
        }
        writeBehind.await();
        return writer.seal(key, file, channel);
    }

    private void discardAfter(Exception failure) {
        try {
            close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            writer.pendingFiles().remove(file);
        }
    }
}
