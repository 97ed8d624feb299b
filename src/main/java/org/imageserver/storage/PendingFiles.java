package org.imageserver.storage;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files in the pending directory: which of them this process is writing, and which a crash left.
 * Safe for use by many threads.
 */
final class PendingFiles {
    private final LocalTree tree;
    private final Set<Path> inHand = ConcurrentHashMap.newKeySet();

    PendingFiles(LocalTree tree) {
        this.tree = tree;
    }

    /** A free name, which no sweep of this process takes until it is removed. */
    Path reserve(Path directory) {
        Path file = directory.resolve(UUID.randomUUID().toString());
        inHand.add(file);
        return file;
    }

    /** Keeps a file of a known name from sweeps of this process until it is removed. */
    void keep(Path file) {
        inHand.add(file);
    }

    /** Removes a reserved file, if it is still there; does nothing when called again. */
    void remove(Path file) throws IOException {
        if (inHand.contains(file)) {
            Files.deleteIfExists(file);
            inHand.remove(file);
        }
    }

    /** Removes files that nobody has written to for a while and that this process does not have in hand. */
    SweepReport sweep(Duration olderThan) throws IOException {
        if (!(tree.look(tree.pending()) instanceof LocalEntry.Directory directory)) {
            return new SweepReport(List.of(), 0);
        }
        Instant limit = Instant.now().minus(olderThan);
        List<String> names = new ArrayList<>();
        long bytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.path(), file -> !inHand.contains(file))) {
            for (Path file : files) {
                long size = sizeIfOlder(file, limit);
                if (size >= 0 && Files.deleteIfExists(file)) {
                    names.add(BlobKey.printable(file.getFileName().toString()));
                    bytes += size;
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return new SweepReport(names.stream().sorted().toList(), bytes);
    }

    /** The size of an abandoned file in bytes, or -1 for what has to stay. */
    private static long sizeIfOlder(Path file, Instant limit) throws IOException {
        try {
            BasicFileAttributes attributes = LocalTree.attributes(file);
            boolean old = attributes.lastModifiedTime().toInstant().isBefore(limit);
            return old && !attributes.isDirectory() ? attributes.size() : -1;
        } catch (NoSuchFileException e) {
            return -1;
        }
    }
}
