package org.imageserver.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Blobs as plain files: the key {@code <uuid>/manifest.json} is that file below the root, so ls, rsync,
 * tar and zfs send work on it, and files put there by hand are blobs.
 *
 * <p>Nothing found there is trusted. Only regular files are blobs; a symlink is followed as long as
 * it ends below the root; a name that is not a {@link BlobKey} is left out. What is not served for such
 * a reason does not exist for {@link #open}, {@link #stat}, {@link #list} and {@link #delete};
 * {@link #refused} tells of it.
 *
 * <p>{@link #list} shows files in the root and in its directories, not deeper ones. Bytes wait for their
 * commit in {@code .image-server/pending}, which the first write makes: a root on a read-only file
 * system serves reads. The version of a blob is its inode, size and modification time; a file that is
 * changed in place by hand while it is open shows through.
 *
 * <p>Durable means fsync of the file, then of every directory from it up to the root. On a file system
 * that has no fsync for directories (it answers EINVAL) a name is as durable as the file system makes it
 * by itself. Without hard links {@link #createIfAbsent} still has one winner, but the blob can be seen
 * while it is written.
 */
public final class LocalStorage implements Storage {
    /** A name that is replaced between look and open 100 times in a row is no accident. */
    private static final int MAX_OPEN_ATTEMPTS = 100;

    private final LocalTree tree;
    private final LocalWriter writer;
    private final Partials partials;

    /**
     * Uses a directory that exists. A root that is a symlink is followed once, here.
     *
     * @throws IOException when it is missing or not a directory
     */
    public LocalStorage(Path root) throws IOException {
        this(root, Files::createLink);
    }

    LocalStorage(Path root, ExclusiveCreate.HardLink hardLink) throws IOException {
        this.tree = new LocalTree(root);
        this.writer = new LocalWriter(tree, new ExclusiveCreate(hardLink));
        this.partials = new LocalPartials(tree, writer);
    }

    @Override
    public StoredBlob open(BlobKey key) throws IOException {
        for (int attempt = 1; attempt <= MAX_OPEN_ATTEMPTS; attempt++) {
            Optional<StoredBlob> opened = tryOpen(key);
            if (opened.isPresent()) {
                return opened.get();
            }
        }
        throw new FileSystemException(key.value(), null, "is replaced faster than it can be opened");
    }

    /**
     * Java cannot ask an open file which one it is. So look before and after: only a name that stayed
     * the same will do, with size and time, because a file system gives the inode number of a file that
     * was just replaced to the next one.
     */
    private Optional<StoredBlob> tryOpen(BlobKey key) throws IOException {
        LocalEntry.RegularFile found = require(key);
        BlobInfo before = found.info(key);
        FileChannel channel;
        try {
            channel = FileChannel.open(found.real(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            if (stat(key).filter(before::equals).isPresent()) {
                return Optional.of(new LocalBlob(before, channel));
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return Optional.empty();
    }

    private LocalEntry.RegularFile require(BlobKey key) throws IOException {
        return switch (tree.find(key)) {
            case LocalEntry.RegularFile file -> file;
            case LocalEntry.Directory directory -> throw new NoSuchBlobException(key, "it is a directory");
            case LocalEntry.Refused refused -> throw new NoSuchBlobException(key, "its path " + refused.reason());
            case LocalEntry.Absent absent -> throw new NoSuchBlobException(key);
        };
    }

    @Override
    public Optional<BlobInfo> stat(BlobKey key) throws IOException {
        return tree.find(key) instanceof LocalEntry.RegularFile file ? Optional.of(file.info(key)) : Optional.empty();
    }

    @Override
    public List<BlobInfo> list(String prefix) throws IOException {
        List<BlobInfo> blobs = new LocalScan(tree, prefix).blobs();
        blobs.sort(Comparator.comparing(BlobInfo::key));
        return blobs;
    }

    /** The names in the root that can name directories of blobs, in no order; files are among them. */
    public Set<String> namesInRoot() throws IOException {
        return tree.namesInRoot();
    }

    /** A look in passing takes in a thousand directories in turn, and where something changed lately. */
    @Override
    public Watch watch() {
        return new LocalWatch(tree);
    }

    /** What {@link #list} leaves out although its name is not hidden, sorted by name. Reads the directory anew. */
    public List<RefusedFile> refused() throws IOException {
        List<RefusedFile> refused = new LocalScan(tree, "").refused();
        refused.sort(Comparator.comparing(RefusedFile::name));
        return refused;
    }

    @Override
    public boolean delete(BlobKey key) throws IOException {
        return writer.delete(key);
    }

    @Override
    public PendingBlob begin(BlobKey key) throws IOException {
        return writer.begin(key);
    }

    @Override
    public boolean createIfAbsent(BlobKey key, byte[] bytes) throws IOException {
        if (tree.find(key) instanceof LocalEntry.RegularFile) {
            return false;
        }
        try (LocalPending pending = writer.begin(key)) {
            pending.write(ByteBuffer.wrap(bytes));
            if (pending.commitIfAbsent()) {
                return true;
            }
        }
        requireNothingElse(key);
        return false;
    }

    /** Whoever is told "there is one already" would look for it in vain when it is no blob. */
    private void requireNothingElse(BlobKey key) throws IOException {
        switch (tree.find(key)) {
            case LocalEntry.RegularFile file -> {}
            case LocalEntry.Absent absent -> {}
            case LocalEntry.Directory directory ->
                throw new FileSystemException(key.value(), null, "cannot be created: it is a directory");
            case LocalEntry.Refused refused ->
                throw new FileSystemException(key.value(), null, "cannot be created: its path " + refused.reason());
        }
    }

    /**
     * Gives a blob another name, at once and without copying it; durable when it returns.
     *
     * @return false when there is no such blob
     * @throws IOException also when the new name is taken, or the blob is behind a symlink, which may lead elsewhere from
     *     there
     */
    public boolean move(BlobKey from, BlobKey to) throws IOException {
        return writer.move(from, to);
    }

    /** Whether there is a blob of that name that {@link #move} can move. */
    public boolean isMovable(BlobKey key) throws IOException {
        return tree.find(key) instanceof LocalEntry.RegularFile file
                && file.path().equals(file.real());
    }

    /**
     * Has the bytes of two blobs stored once: a hard link to the one takes the place of the other, at once and durably.
     * Whoever has the other one open keeps its bytes. Each of the names can be deleted, moved or replaced without the other.
     *
     * @param kept whose bytes stay
     * @param replaced whose name leads to them afterwards; nobody else may change it meanwhile
     * @return how that name is described now; empty when either is not what it was, or is behind a symlink
     * @throws IOException also where there are no hard links, or none between these directories
     */
    public Optional<BlobInfo> share(BlobInfo kept, BlobInfo replaced) throws IOException {
        return writer.share(kept, replaced);
    }

    /** What lies in a directory of this storage, hidden or not, as a storage of its own; empty when there is none. */
    public Optional<LocalStorage> within(BlobKey directory) throws IOException {
        return tree.find(directory) instanceof LocalEntry.Directory found
                ? Optional.of(new LocalStorage(found.path()))
                : Optional.empty();
    }

    /**
     * Removes pending files that a crash has left. A file that this object is writing is never taken;
     * one of another process is, when that has not written to it for so long.
     */
    public SweepReport sweep(Duration olderThan) throws IOException {
        return writer.pendingFiles().sweep(olderThan);
    }

    /**
     * Removes empty directories in the root that a crash has left between making them and naming a file in them.
     * Hidden ones and those behind a symlink stay.
     *
     * @param isOurs which names may go; others may be somebody's, empty on purpose
     * @return the names of those removed, sorted
     */
    public List<String> sweepEmptyDirectories(Duration olderThan, Predicate<String> isOurs) throws IOException {
        return writer.sweepEmptyDirectories(olderThan, isOurs);
    }

    @Override
    public Optional<Partials> partials() {
        return Optional.of(partials);
    }

    /** The bytes that this process may still write to the file system of the root. */
    @Override
    public long usableBytes() throws IOException {
        return Files.getFileStore(tree.root()).getUsableSpace();
    }

    @Override
    public void close() {}
}
