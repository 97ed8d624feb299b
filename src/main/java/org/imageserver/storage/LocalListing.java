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
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The listing of the whole tree, which the catalogue wants every few seconds over tens of thousands of files that
 * hardly ever change. So the last one is kept: a directory whose time stands still has the same names in it and is not
 * read again, and where nothing changed the answer is the very same list. What remains is one lstat for each directory
 * and each file. Thread-safe.
 */
final class LocalListing {
    /**
     * A directory that was changed this shortly before it was read is read again: it may have changed once more in the
     * same tick of the file system's clock.
     */
    private static final Duration TICK = Duration.ofSeconds(2);

    private final LocalTree tree;
    private final Directory root;

    /** By name with a slash behind, which is how keys are sorted. */
    private final TreeMap<String, Directory> directories = new TreeMap<>();

    private List<BlobInfo> listing = List.of();

    /** Whether something changed since; kept, because a look may end with an exception after it has seen a change. */
    private boolean isChanged;

    LocalListing(LocalTree tree) {
        this.tree = tree;
        this.root = new Directory("", tree.root());
    }

    /** Every blob that is not hidden, sorted by key. The same object as before if nothing changed. */
    synchronized List<BlobInfo> blobs() throws IOException {
        isChanged |= root.refresh(tree.root());
        List<String> gone = new ArrayList<>();
        for (Directory directory : directories.values()) {
            switch (tree.look(directory.path)) {
                case LocalEntry.Directory found -> isChanged |= directory.refresh(found.path());
                case LocalEntry.RegularFile file -> gone.add(directory.prefix);
                case LocalEntry.Refused refused -> gone.add(directory.prefix);
                case LocalEntry.Absent absent -> gone.add(directory.prefix);
            }
        }
        if (!gone.isEmpty()) {
            gone.forEach(directories::remove);
            // The target of a symlink may come back without a change in the root.
            root.settled = null;
            isChanged = true;
        }
        if (isChanged) {
            listing = collect();
            isChanged = false;
        }
        return listing;
    }

    private List<BlobInfo> collect() {
        List<BlobInfo> blobs = new ArrayList<>(directories.size() * 2);
        root.files.forEach(file -> blobs.add(file.info));
        directories.values().forEach(directory -> directory.files.forEach(file -> blobs.add(file.info)));
        if (!root.files.isEmpty()) {
            blobs.sort(Comparator.comparing(BlobInfo::key));
        }
        return List.copyOf(blobs);
    }

    /** A file, as it was at the last look. */
    private static final class Listed {
        private final Path path;
        private BasicFileAttributes attributes;
        private BlobInfo info;

        Listed(Path path, BlobKey key, LocalEntry.RegularFile file) {
            this.path = path;
            this.attributes = file.attributes();
            this.info = file.info(key);
        }

        boolean update(LocalEntry.RegularFile file) {
            if (isSame(attributes, file.attributes())) {
                return false;
            }
            attributes = file.attributes();
            info = file.info(info.key());
            return true;
        }
    }

    /** A directory with its files; for the root, its directories are followed too. */
    private final class Directory {
        private final String prefix;
        private final Path path;
        private List<Listed> files = List.of();

        /** What the directory itself was when its names were read; null when they must be read again. */
        private @Nullable BasicFileAttributes settled;

        Directory(String prefix, Path path) {
            this.prefix = prefix;
            this.path = path;
        }

        /** Looks again; true when anything is other than before. */
        boolean refresh(Path real) throws IOException {
            try {
                BasicFileAttributes now = LocalTree.attributes(real);
                if (settled != null && isSame(settled, now)) {
                    return lookAtFiles();
                }
                settled = now.lastModifiedTime()
                                .toInstant()
                                .isBefore(Instant.now().minus(TICK))
                        ? now
                        : null;
                return readNames(real);
            } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException e) {
                if (this == root) {
                    // A file system that is not mounted at the moment must not look like images that were deleted.
                    throw e;
                }
                // It went after it was looked at, or it cannot be read: as if nothing were in it.
                settled = null;
                boolean hadFiles = !files.isEmpty();
                files = List.of();
                return hadFiles;
            }
        }

        private boolean lookAtFiles() throws IOException {
            boolean isChanged = false;
            for (Listed file : files) {
                if (tree.look(file.path) instanceof LocalEntry.RegularFile found) {
                    isChanged |= file.update(found);
                } else {
                    settled = null;
                }
            }
            return settled == null ? readNames(path) : isChanged;
        }

        private boolean readNames(Path real) throws IOException {
            List<Listed> now = new ArrayList<>(2);
            boolean hasNewDirectory = false;
            try (DirectoryStream<Path> children = Files.newDirectoryStream(real)) {
                for (Path child : children) {
                    String name = child.getFileName().toString();
                    if (name.startsWith(".") || BlobKey.problemWith(prefix + name) != null) {
                        continue;
                    }
                    switch (tree.look(child)) {
                        case LocalEntry.RegularFile file ->
                            now.add(new Listed(child, new BlobKey(prefix + name), file));
                        case LocalEntry.Directory directory -> hasNewDirectory |= follow(name, child);
                        // May become a blob without a change in here: the target of a symlink appears.
                        case LocalEntry.Refused refused -> settled = null;
                        case LocalEntry.Absent absent -> settled = null;
                    }
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
            now.sort(Comparator.comparing(file -> file.info.key()));
            boolean isChanged = hasNewDirectory || !infos(now).equals(infos(files));
            files = now;
            return isChanged;
        }

        /** Only the root's directories hold images; deeper ones are ignored. */
        private boolean follow(String name, Path child) {
            return this == root && directories.putIfAbsent(name + "/", new Directory(name + "/", child)) == null;
        }
    }

    private static List<BlobInfo> infos(List<Listed> files) {
        return files.stream().map(file -> file.info).toList();
    }

    private static boolean isSame(BasicFileAttributes before, BasicFileAttributes now) {
        return before.size() == now.size()
                && before.lastModifiedTime().equals(now.lastModifiedTime())
                && Objects.equals(before.fileKey(), now.fileKey());
    }
}
