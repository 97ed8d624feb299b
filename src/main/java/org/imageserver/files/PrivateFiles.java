package org.imageserver.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that their owner alone may read, from their first moment on: what is in them is secret, or names what is private.
 */
public final class PrivateFiles {
    private static final Logger LOG = LoggerFactory.getLogger(PrivateFiles.class);

    private PrivateFiles() {}

    /** A new, empty file; there must be none of that name. */
    public static FileChannel create(Path file) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        giveToTheOwnerOfItsDirectory(file);
        return channel;
    }

    /** What is to be in a file. */
    public interface Content {
        /** Writes all of it. */
        void writeTo(OutputStream file) throws IOException;
    }

    /** {@link #replace(Path, Content)} by bytes that are there. */
    public static void replace(Path file, byte[] content) throws IOException {
        replace(file, stream -> stream.write(content));
    }

    /** {@link #replace(Path, Content)} by a text, in UTF-8. */
    public static void replace(Path file, String content) throws IOException {
        replace(file, content.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Makes or replaces a file as a whole; durable when it returns. Only one may do so at a time.
     *
     * @throws IOException when it cannot be written; the old one is there then
     */
    public static void replace(Path file, Content content) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(aside);
        try (FileChannel channel = create(aside);
                OutputStream stream = new BufferedOutputStream(Channels.newOutputStream(channel))) {
            content.writeTo(stream);
            stream.flush();
            channel.force(true);
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        Path directory = directoryOf(file);
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        } catch (IOException e) {
            // Some network file systems have no such operation; the change itself stands.
            LOG.debug("cannot sync {}", directory, e);
        }
    }

    /** Makes a directory and those above it, as far as they are missing. */
    public static void makeDirectory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            makeDirectory(parent);
        }
        try {
            Files.createDirectory(directory);
            giveToTheOwnerOfItsDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            // Somebody was faster.
        }
    }

    private static void giveToTheOwnerOfItsDirectory(Path file) throws IOException {
        if (!Ownership.inherit(file)) {
            LOG.warn("{} cannot be given to the owner of its directory: can the server read it?", file);
        }
    }

    private static Path directoryOf(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent());
    }
}
