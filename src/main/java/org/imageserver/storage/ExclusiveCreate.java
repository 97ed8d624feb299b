package org.imageserver.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Gives a finished file a name that must be free. A hard link does both at once on every file system
 * that has them, NFS included; a rename would replace, and Java has no rename that does not.
 */
final class ExclusiveCreate {

    /** The system call: {@link Files#createLink}, or in a test a file system without it. */
    interface HardLink {
        void create(Path link, Path existing) throws IOException;
    }

    private final HardLink hardLink;

    ExclusiveCreate(HardLink hardLink) {
        this.hardLink = hardLink;
    }

    /** @throws FileAlreadyExistsException when the name is taken */
    void create(Path finished, Path target) throws IOException {
        try {
            hardLink.create(target, finished);
        } catch (FileAlreadyExistsException e) {
            // NFS repeats a call whose answer was lost, and then meets its own link.
            if (!isSameFile(finished, target)) {
                throw e;
            }
        } catch (NoSuchFileException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            if (hardLinksWorkBeside(finished)) {
                throw e;
            }
            copy(finished, target);
        }
    }

    private static boolean isSameFile(Path finished, Path target) throws IOException {
        try {
            return Files.isSameFile(finished, target);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** The error does not tell "no hard links here" from other refusals, so ask once more where nothing else can refuse. */
    private boolean hardLinksWorkBeside(Path finished) throws IOException {
        Path probe = finished.resolveSibling(finished.getFileName() + "-link");
        try {
            hardLink.create(probe, finished);
            return true;
        } catch (FileSystemException | UnsupportedOperationException e) {
            return false;
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    /**
     * For file systems without hard links (FAT, some network shares). Still only one creator wins, but
     * the blob is seen while it is written, and a crash in between leaves a part of it.
     */
    private static void copy(Path finished, Path target) throws IOException {
        try (FileChannel in = FileChannel.open(finished, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            try {
                long size = in.size();
                for (long done = 0; done < size; ) {
                    done += in.transferTo(done, size - done, out);
                }
                Files.setLastModifiedTime(target, Files.getLastModifiedTime(finished));
                out.force(true);
            } catch (IOException | RuntimeException e) {
                Files.deleteIfExists(target);
                throw e;
            }
        }
    }
}
