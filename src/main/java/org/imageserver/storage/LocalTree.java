package org.imageserver.storage;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;

/**
 * Looks at a directory tree that others write to as well, and trusts nothing in it: the only place
 * that decides what is a blob. Each name is looked at without following it; a symlink is followed only
 * when it ends under the root; only regular files are blobs, so that nothing is ever opened that could
 * block. Stateless.
 *
 * <p>It guards against what lies in the tree, not against somebody who swaps a directory for a symlink
 * between look and use: whoever can write to the tree can put any bytes there anyway.
 */
final class LocalTree {
    /** Where bytes wait for their commit: below the root, so that a rename can publish them. */
    static final BlobKey PENDING = BlobKey.parse(".image-server/pending");

    private static final LocalEntry ABSENT = new LocalEntry.Absent();

    private final Path root;
    private final Path pending;

    LocalTree(Path root) throws IOException {
        this.root = root.toRealPath();
        if (!Files.isDirectory(this.root)) {
            throw new NotDirectoryException(root.toString());
        }
        this.pending = PENDING.under(this.root);
    }

    Path root() {
        return root;
    }

    /** Where the pending files are, once there was one. */
    Path pending() {
        return pending;
    }

    /** Finds what is under a key, segment by segment. */
    LocalEntry find(BlobKey key) throws IOException {
        LocalEntry found = new LocalEntry.Directory(root);
        for (String segment : key.segments()) {
            if (!(found instanceof LocalEntry.Directory directory)) {
                return found instanceof LocalEntry.RegularFile ? ABSENT : found;
            }
            found = look(directory.path(), segment);
        }
        return found;
    }

    private LocalEntry look(Path directory, String name) throws IOException {
        Path path;
        try {
            path = directory.resolve(name);
        } catch (InvalidPathException e) {
            return new LocalEntry.Refused(unencodable());
        }
        return path.startsWith(pending) ? new LocalEntry.Refused("holds bytes that are not committed") : look(path);
    }

    /** What to do when a name has characters that this process cannot turn into a file name. */
    static String unencodable() {
        return "cannot be written in the file name encoding " + System.getProperty("sun.jnu.encoding")
                + "; start the program in a UTF-8 locale, such as LC_ALL=en_US.UTF-8";
    }

    /** Looks at one path; its directory has been looked at before. */
    LocalEntry look(Path path) throws IOException {
        try {
            BasicFileAttributes attributes = attributes(path);
            return attributes.isSymbolicLink() ? follow(path) : classify(path, path, attributes);
        } catch (NoSuchFileException e) {
            return ABSENT;
        } catch (AccessDeniedException e) {
            return new LocalEntry.Refused("cannot be looked at: permission denied");
        }
    }

    private LocalEntry follow(Path link) throws IOException {
        Path real;
        try {
            real = link.toRealPath();
        } catch (FileSystemException e) {
            return new LocalEntry.Refused("is a symlink to "
                    + BlobKey.printable(Files.readSymbolicLink(link).toString()) + ", which cannot be followed");
        }
        if (!real.startsWith(root) || real.startsWith(pending)) {
            return new LocalEntry.Refused("is a symlink to " + BlobKey.printable(real.toString())
                    + ", which is not among the files that are served; put a copy or a hard link in its place");
        }
        return classify(link, real, attributes(real));
    }

    private static LocalEntry classify(Path path, Path real, BasicFileAttributes attributes) {
        if (attributes.isRegularFile()) {
            return new LocalEntry.RegularFile(path, real, attributes);
        }
        return attributes.isDirectory()
                ? new LocalEntry.Directory(real)
                : new LocalEntry.Refused("is neither a file nor a directory");
    }

    /** The names in the root that are not hidden and can be part of a key. */
    Set<String> namesInRoot() throws IOException {
        Set<String> names = new HashSet<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(root)) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                if (!name.startsWith(".") && BlobKey.problemWith(name) == null) {
                    names.add(name);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
