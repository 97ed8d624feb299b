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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A directory in the root, as it was at the last look. While its time stands still it has the same names in it and is
 * not read again; what remains is one lstat for it and each of its files. Not thread-safe.
 */
final class LocalDirectory {
    /**
     * A directory that was changed this shortly before it was read is read again: it may have changed once more in the
     * same tick of the file system's clock.
     */
    private static final Duration TICK = Duration.ofSeconds(2);

    private final LocalTree tree;
    private final String name;
    private boolean isThere = true;
    private List<Listed> files = List.of();

    /** What the directory itself was when its names were read; null when they must be read again. */
    private @Nullable Stamp settled;

    LocalDirectory(LocalTree tree, String name) {
        this.tree = tree;
        this.name = name;
    }

    /** By what one tells that a file or directory is the one of before, unchanged. */
    record Stamp(long size, long modifiedNanos, @Nullable Object fileKey) {
        static Stamp of(BasicFileAttributes attributes) {
            return new Stamp(
                    attributes.size(), attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS), attributes.fileKey());
        }

        /** Whether whatever happens from now on changes the stamp. */
        boolean isSettled() {
            long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
            return modifiedNanos < now - TICK.toNanos();
        }
    }

    private record Listed(Stamp stamp, BlobInfo info) {}

    String name() {
        return name;
    }

    /** Whether it was there, and a directory, at the last look. */
    boolean isThere() {
        return isThere;
    }

    /** What is in it, sorted by key. */
    List<BlobInfo> blobs() {
        return files.stream().map(Listed::info).toList();
    }

    /** Looks again; true when anything is other than before. */
    boolean refresh() throws IOException {
        List<Listed> before = files;
        boolean wasThere = isThere;
        try {
            isThere = readIfChanged();
        } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException e) {
            // It went, or it cannot be read: as if nothing were in it.
            settled = null;
            files = List.of();
            isThere = !(e instanceof NoSuchFileException);
        }
        return isThere != wasThere || !files.equals(before);
    }

    private boolean readIfChanged() throws IOException {
        Path real = tree.root().resolve(name);
        BasicFileAttributes attributes = LocalTree.attributes(real);
        if (!attributes.isDirectory()) {
            if (!(tree.look(real) instanceof LocalEntry.Directory behindLink)) {
                files = List.of();
                return false;
            }
            real = behindLink.path();
            attributes = LocalTree.attributes(real);
        }
        Stamp now = Stamp.of(attributes);
        if (!now.equals(settled) || !areFilesUnchanged(real)) {
            settled = now.isSettled() ? now : null;
            files = read(real);
        }
        return true;
    }

    private boolean areFilesUnchanged(Path real) throws IOException {
        for (Listed file : files) {
            String fileName = file.info.key().value().substring(name.length() + 1);
            if (!(tree.look(real.resolve(fileName)) instanceof LocalEntry.RegularFile found)
                    || !Stamp.of(found.attributes()).equals(file.stamp)) {
                return false;
            }
        }
        return true;
    }

    private List<Listed> read(Path real) throws IOException {
        List<Listed> now = new ArrayList<>(2);
        try (DirectoryStream<Path> children = Files.newDirectoryStream(real)) {
            for (Path child : children) {
                String key = name + "/" + child.getFileName();
                if (!BlobKey.isListedUnder(key, "") || BlobKey.problemWith(key) != null) {
                    continue;
                }
                switch (tree.look(child)) {
                    case LocalEntry.RegularFile file ->
                        now.add(new Listed(Stamp.of(file.attributes()), file.info(new BlobKey(key))));
                    case LocalEntry.Directory deeper -> {}
                    // May become a blob without a change in here: the target of a symlink appears.
                    case LocalEntry.Refused refused -> settled = null;
                    case LocalEntry.Absent absent -> settled = null;
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        now.sort(Comparator.comparing(file -> file.info.key()));
        return now;
    }
}
