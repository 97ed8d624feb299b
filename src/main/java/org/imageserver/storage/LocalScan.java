package org.imageserver.storage;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One reading of the root and of the directories in it; deeper ones are not looked at. Costs one
 * readdir a directory and one lstat an entry, because the catalogue does it every few seconds over
 * tens of thousands of files.
 *
 * <p>What comes and goes meanwhile is in it or not. A fault of the disk ends it with an exception: a
 * directory that cannot be read now must not look like images that were deleted.
 */
final class LocalScan {
    private final LocalTree tree;
    private final String prefix;
    private final List<BlobInfo> blobs = new ArrayList<>();
    private final List<RefusedFile> refused = new ArrayList<>();

    /** Reads what {@link Storage#list} shows for the prefix. */
    LocalScan(LocalTree tree, String prefix) throws IOException {
        this.tree = tree;
        this.prefix = prefix;
        int slash = prefix.indexOf('/');
        if (slash < 0) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(tree.root())) {
                visitAll(children, "");
            }
        } else {
            String name = prefix.substring(0, slash);
            if (BlobKey.problemWith(name) == null && tree.find(BlobKey.parse(name)) instanceof LocalEntry.Directory d) {
                readDirectory(d.path(), name);
            } else {
                // A root that is not mounted at the moment must not look like a directory without blobs.
                LocalTree.attributes(tree.root());
            }
        }
    }

    /** The blobs, in no order. */
    List<BlobInfo> blobs() {
        return blobs;
    }

    /** What was left out although its name is not hidden. */
    List<RefusedFile> refused() {
        return refused;
    }

    private void readDirectory(Path directory, String name) throws IOException {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            visitAll(children, name + "/");
        } catch (NoSuchFileException | NotDirectoryException e) {
            // It went after its name was read: as if it had gone before.
        } catch (AccessDeniedException e) {
            refuse(name, "cannot be read: permission denied");
        }
    }

    private void visitAll(DirectoryStream<Path> children, String parent) throws IOException {
        try {
            for (Path child : children) {
                visit(child, parent);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private void visit(Path child, String parent) throws IOException {
        String name = parent + child.getFileName();
        if (!BlobKey.isListedUnder(name, prefix)) {
            return;
        }
        String problem = BlobKey.problemWith(name);
        if (problem != null) {
            refuse(name, "cannot name a blob: " + problem);
            return;
        }
        switch (tree.look(child)) {
            case LocalEntry.RegularFile file -> blobs.add(file.info(new BlobKey(name)));
            case LocalEntry.Directory directory -> {
                if (parent.isEmpty()) {
                    readDirectory(directory.path(), name);
                }
            }
            case LocalEntry.Refused entry -> refuse(name, entry.reason());
            case LocalEntry.Absent absent -> {}
        }
    }

    private void refuse(String name, String reason) {
        refused.add(new RefusedFile(BlobKey.printable(name), reason));
    }
}
