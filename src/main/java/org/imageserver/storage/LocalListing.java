package org.imageserver.storage;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The listing of the whole tree, which the catalogue wants every few seconds over tens of thousands of files that
 * hardly ever change. So it remembers the last one: a directory whose time stands still has the same names in it and
 * is not read again, and a file whose inode, size and time stand still is described by the same object as before. What
 * remains is one lstat for each directory and each file. Thread-safe.
 */
final class LocalListing {
    /**
     * The names in a directory that was changed this shortly before it was read are not remembered: it may change
     * again in the same tick of the file system's clock.
     */
    private static final Duration TICK = Duration.ofSeconds(2);

    private final LocalTree tree;
    private TreeMap<String, Directory> remembered = new TreeMap<>();

    LocalListing(LocalTree tree) {
        this.tree = tree;
    }

    /** A directory with its files, as they were when its own attributes were these; null: not to be relied upon. */
    private record Directory(@Nullable BasicFileAttributes settled, List<Entry> entries) {}

    private record Entry(String key, Path path, BasicFileAttributes attributes, BlobInfo info) {}

    /** Every blob that is not hidden, sorted by key. */
    synchronized List<BlobInfo> blobs() throws IOException {
        TreeMap<String, Directory> now = new TreeMap<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(tree.root())) {
            for (Path child : children) {
                visit(child, now);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        remembered = now;
        List<BlobInfo> blobs = new ArrayList<>(now.size() * 2);
        now.values().forEach(directory -> directory.entries().forEach(entry -> blobs.add(entry.info())));
        return blobs;
    }

    private void visit(Path child, Map<String, Directory> now) throws IOException {
        String name = child.getFileName().toString();
        if (name.startsWith(".") || BlobKey.problemWith(name) != null) {
            return;
        }
        switch (tree.look(child)) {
            case LocalEntry.RegularFile file -> now.put(name, new Directory(null, List.of(entry(name, child, file))));
            case LocalEntry.Directory directory -> {
                // Keys are sorted with the slash in them.
                String prefix = name + "/";
                read(directory, prefix).ifPresent(entries -> now.put(prefix, entries));
            }
            case LocalEntry.Refused refused -> {}
            case LocalEntry.Absent absent -> {}
        }
    }

    private Optional<Directory> read(LocalEntry.Directory directory, String prefix) throws IOException {
        Directory before = remembered.get(prefix);
        if (before != null && before.settled() != null && isSame(before.settled(), directory.attributes())) {
            return Optional.of(new Directory(before.settled(), lookAgain(before.entries())));
        }
        boolean isSettled = directory
                .attributes()
                .lastModifiedTime()
                .toInstant()
                .isBefore(Instant.now().minus(TICK));
        List<Entry> entries = new ArrayList<>(2);
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory.path())) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                if (name.startsWith(".") || BlobKey.problemWith(name) != null) {
                    continue;
                }
                Optional<Entry> entry = look(prefix + name, child);
                entry.ifPresent(entries::add);
                // What is refused now may be a blob later, without any change in here (the target of a symlink).
                isSettled &= entry.isPresent();
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (NoSuchFileException | NotDirectoryException e) {
            // It went after its name was read: as if it had gone before.
            return Optional.empty();
        } catch (AccessDeniedException e) {
            return Optional.empty();
        }
        entries.sort((left, right) -> left.key().compareTo(right.key()));
        return Optional.of(new Directory(isSettled ? directory.attributes() : null, entries));
    }

    private List<Entry> lookAgain(List<Entry> before) throws IOException {
        List<Entry> now = new ArrayList<>(before.size());
        for (Entry entry : before) {
            switch (tree.look(entry.path())) {
                case LocalEntry.RegularFile file ->
                    now.add(
                            isSame(entry.attributes(), file.attributes())
                                    ? entry
                                    : entry(entry.key(), entry.path(), file));
                case LocalEntry.Directory directory -> {}
                case LocalEntry.Refused refused -> {}
                case LocalEntry.Absent absent -> {}
            }
        }
        return now;
    }

    private Optional<Entry> look(String key, Path path) throws IOException {
        return tree.look(path) instanceof LocalEntry.RegularFile file
                ? Optional.of(entry(key, path, file))
                : Optional.empty();
    }

    private static Entry entry(String key, Path path, LocalEntry.RegularFile file) {
        return new Entry(key, path, file.attributes(), file.info(new BlobKey(key)));
    }

    private static boolean isSame(BasicFileAttributes before, BasicFileAttributes now) {
        return before.size() == now.size()
                && before.lastModifiedTime().equals(now.lastModifiedTime())
                && Objects.equals(before.fileKey(), now.fileKey());
    }
}
