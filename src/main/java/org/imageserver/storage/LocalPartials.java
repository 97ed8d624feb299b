package org.imageserver.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Partial blobs among the pending files, each with its {@link DurableMark} beside it. */
final class LocalPartials implements Partials {
    private final LocalTree tree;
    private final LocalWriter writer;

    LocalPartials(LocalTree tree, LocalWriter writer) {
        this.tree = tree;
        this.writer = writer;
    }

    /** From now on in hand: no sweep of this process takes it. */
    private Path file(String name) throws IOException {
        Path directory = tree.look(tree.pending()) instanceof LocalEntry.Directory real ? real.path() : tree.pending();
        Path file = directory.resolve(UUID.fromString(name).toString());
        writer.pendingFiles().keep(file);
        writer.pendingFiles().keep(DurableMark.beside(file));
        return file;
    }

    @Override
    public long durable(String name) throws IOException {
        try {
            return DurableMark.of(file(name)).bytes();
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    @Override
    public ReadableByteChannel open(String name) throws IOException {
        Path file = file(name);
        return new MarkedBytes(file, DurableMark.of(file));
    }

    @Override
    public PendingBlob begin(BlobKey key, String name) throws IOException {
        writer.makePending(key);
        long durable = durable(name);
        Path file = file(name);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        try {
            // What came after the mark may be there or not.
            channel.truncate(durable);
            return new LocalPartial(writer, key, file, channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void discard(String name) throws IOException {
        Path file = file(name);
        // The mark first: without it, nothing is known of the bytes.
        writer.pendingFiles().remove(DurableMark.beside(file));
        writer.pendingFiles().remove(file);
    }
}
