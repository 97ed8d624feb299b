package org.imageserver.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.imageserver.files.Ownership;

/**
 * Changes the tree, in steps that a crash or another process may come between: bytes first and
 * durable, then their name, then the directories above it. Safe for use by many threads.
 */
final class LocalWriter {

    /** Each one means that a delete took the directory in between: 100 in a row do not happen by chance. */
    private static final int MAX_ATTEMPTS = 100;

    /** Gives finished bytes their name. */
    interface Naming {
        void name(Path target) throws IOException;
    }

    private final LocalTree tree;
    private final ExclusiveCreate exclusive;
    private final PendingFiles pendingFiles;
    private final AtomicLong lastModifiedNanos = new AtomicLong();

    LocalWriter(LocalTree tree, ExclusiveCreate exclusive) {
        this.tree = tree;
        this.exclusive = exclusive;
        this.pendingFiles = new PendingFiles(tree);
    }

    ExclusiveCreate exclusive() {
        return exclusive;
    }

    PendingFiles pendingFiles() {
        return pendingFiles;
    }

    LocalPending begin(BlobKey key) throws IOException {
        Path file = pendingFiles.reserve(makePending(key));
        try {
            // Not a "temporary file" of the JDK: those are readable by their owner alone.
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return new LocalPending(this, key, file, channel);
        } catch (IOException e) {
            pendingFiles.remove(file);
            throw e;
        }
    }

    /** The directory where the bytes of a blob can wait, made if need be. */
    Path makePending(BlobKey key) throws IOException {
        requireUsable(key);
        return makeDirectories(LocalTree.PENDING.segments());
    }

    private void requireUsable(BlobKey key) throws IOException {
        try {
            if (key.under(tree.root()).startsWith(tree.pending())) {
                throw new FileSystemException(key.value(), null, "this name is kept for bytes that are not committed");
            }
        } catch (InvalidPathException e) {
            throw new FileSystemException(BlobKey.printable(key.value()), null, LocalTree.unencodable());
        }
    }

    /** Makes what is missing of a directory and returns its real path. */
    private Path makeDirectories(List<String> segments) throws IOException {
        Path directory = tree.root();
        for (String segment : segments) {
            Path child = directory.resolve(segment);
            if (tree.look(child) instanceof LocalEntry.Absent) {
                createDirectory(child);
            }
            directory = switch (tree.look(child)) {
                case LocalEntry.Directory real -> real.path();
                case LocalEntry.Absent absent -> throw new NoSuchFileException(child.toString());
                case LocalEntry.RegularFile file ->
                    throw new FileSystemException(child.toString(), null, "is a file, but has to be a directory");
                case LocalEntry.Refused refused ->
                    throw new FileSystemException(child.toString(), null, refused.reason());
            };
        }
        return directory;
    }

    private void createDirectory(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
            boolean unused = Ownership.inherit(directory);
        } catch (FileAlreadyExistsException e) {
            // Somebody was faster.
        }
    }

    /**
     * A time of its own for each file, in nanoseconds: a new file may get the inode number of an older
     * one, and the clock of a file system ticks in milliseconds, so these would not tell them apart.
     */
    private void stampModified(Path file) throws IOException {
        Instant now = Instant.now();
        long nanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        long stamp = lastModifiedNanos.updateAndGet(last -> Math.max(last + 1, nanos));
        Files.setLastModifiedTime(file, FileTime.from(stamp, TimeUnit.NANOSECONDS));
    }

    /** Ends the writing of a file: bytes and size are durable afterwards; only the name is missing. */
    BlobInfo seal(BlobKey key, Path file, FileChannel channel) throws IOException {
        stampModified(file);
        channel.force(true);
        channel.close();
        return LocalEntry.describe(key, LocalTree.attributes(file));
    }

    /** Gives a durable file its name and makes the name durable. */
    void publish(BlobKey key, Path file, Naming naming) throws IOException {
        List<String> segments = key.segments();
        List<String> parents = segments.subList(0, segments.size() - 1);
        for (int attempt = 1; ; attempt++) {
            try {
                Path directory = makeDirectories(parents);
                naming.name(directory.resolve(segments.getLast()));
                forceUpwards(directory);
                return;
            } catch (NoSuchFileException e) {
                // A delete took the directory while it was empty. Or somebody took the file itself.
                if (attempt == MAX_ATTEMPTS || Files.notExists(file)) {
                    throw e;
                }
            }
        }
    }

    boolean delete(BlobKey key) throws IOException {
        if (!(tree.find(key) instanceof LocalEntry.RegularFile file)) {
            return false;
        }
        if (!Files.deleteIfExists(file.path())) {
            return false;
        }
        Path directory = parentOf(file.path());
        // Reached by a symlink, the directory belongs to another name.
        if (file.path().equals(key.under(tree.root()))) {
            removeEmptyDirectories(directory);
        }
        forceUpwards(directory);
        return true;
    }

    boolean move(BlobKey from, BlobKey to) throws IOException {
        requireUsable(to);
        if (!(tree.find(from) instanceof LocalEntry.RegularFile file)) {
            return false;
        }
        if (!file.path().equals(file.real())) {
            throw new FileSystemException(from.value(), null, "is a symlink, which is not moved");
        }
        if (!(tree.find(to) instanceof LocalEntry.Absent)) {
            throw new FileAlreadyExistsException(to.value());
        }
        publish(to, file.path(), target -> Files.move(file.path(), target, StandardCopyOption.ATOMIC_MOVE));
        Path directory = parentOf(file.path());
        if (file.path().equals(from.under(tree.root()))) {
            removeEmptyDirectories(directory);
        }
        forceUpwards(directory);
        return true;
    }

    Optional<BlobInfo> share(BlobInfo kept, BlobInfo replaced) throws IOException {
        Optional<Path> source = same(kept);
        Path link = pendingFiles.reserve(makePending(replaced.key()));
        try {
            if (source.isEmpty() || same(replaced).isEmpty()) {
                return Optional.empty();
            }
            Files.createLink(link, source.get());
            BlobInfo linked = LocalEntry.describe(replaced.key(), LocalTree.attributes(link));
            // The name may have led to another file a moment later.
            if (!linked.version().equals(kept.version())) {
                return Optional.empty();
            }
            publish(replaced.key(), link, target -> Files.move(link, target, StandardCopyOption.ATOMIC_MOVE));
            return Optional.of(linked);
        } finally {
            // Of two names of one file, a rename would leave both.
            pendingFiles.remove(link);
        }
    }

    /** Where a blob is, if it is the one that is meant and stands under its own name. */
    private Optional<Path> same(BlobInfo blob) throws IOException {
        return tree.find(blob.key()) instanceof LocalEntry.RegularFile file
                        && file.path().equals(file.real())
                        && file.info(blob.key()).version().equals(blob.version())
                ? Optional.of(file.real())
                : Optional.empty();
    }

    List<String> sweepEmptyDirectories(Duration olderThan, Predicate<String> isOurs) throws IOException {
        Instant limit = Instant.now().minus(olderThan);
        List<String> removed = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(tree.root())) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                if (!name.startsWith(".") && isOurs.test(name) && removeIfEmpty(child, limit)) {
                    removed.add(name);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        if (!removed.isEmpty()) {
            DirectorySync.force(tree.root());
        }
        return removed.stream().sorted().toList();
    }

    private static boolean removeIfEmpty(Path directory, Instant limit) throws IOException {
        try {
            BasicFileAttributes attributes = LocalTree.attributes(directory);
            return attributes.isDirectory()
                    && attributes.lastModifiedTime().toInstant().isBefore(limit)
                    && Files.deleteIfExists(directory);
        } catch (NoSuchFileException | DirectoryNotEmptyException e) {
            return false;
        }
    }

    private void removeEmptyDirectories(Path directory) throws IOException {
        for (Path empty = directory; !empty.equals(tree.root()); empty = parentOf(empty)) {
            try {
                Files.deleteIfExists(empty);
            } catch (FileSystemException e) {
                // Not empty, or a mount point, or not ours to remove: the blob is gone all the same.
                return;
            }
        }
    }

    /**
     * Makes names durable up to the root: a directory may be as new as the file in it, by the hand of
     * another thread that has not come so far. One that is gone was taken by a delete, which left its
     * trace further up.
     */
    private void forceUpwards(Path directory) throws IOException {
        for (Path above = directory; !above.equals(tree.root()); above = parentOf(above)) {
            try {
                DirectorySync.force(above);
            } catch (NoSuchFileException e) {
                // Its entry in the directory above is forced next.
            }
        }
        DirectorySync.force(tree.root());
    }

    private Path parentOf(Path path) {
        Path parent = path.getParent();
        return parent == null ? tree.root() : parent;
    }
}
