package org.imageserver.auth;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.imageserver.files.PrivateFiles;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users file on disk. Readers need no lock, because the file is replaced whole, by a rename. Writers hold a lock
 * on a second file beside it: the file itself is another one after each change. Only its owner may read it; safe for
 * use by many threads and processes.
 */
final class UsersFile {
    private static final Logger LOG = LoggerFactory.getLogger(UsersFile.class);

    /** The lock of the operating system keeps processes apart, not the threads of one. */
    private static final ReentrantLock THIS_PROCESS = new ReentrantLock();

    private final Path path;
    private final Path directory;

    UsersFile(Path path) {
        this.path = path.toAbsolutePath();
        this.directory = Objects.requireNonNull(this.path.getParent(), "a users file has a directory");
    }

    /** What tells one content from another without reading it. */
    record Version(@Nullable Object inode, FileTime modified, long size) {}

    /** Work that nobody else does meanwhile. */
    interface Work<T> {
        T run() throws IOException, UsersException;
    }

    Path path() {
        return path;
    }

    /** The version that is there now; empty when there is no file. */
    Optional<Version> version() throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return Optional.of(new Version(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** The accounts; none when there is no file. */
    List<User> read() throws IOException, UsersException {
        try {
            return UsersJson.parse(Files.readAllBytes(path));
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (AccessDeniedException e) {
            throw new UsersException(path + ": may not be read by " + System.getProperty("user.name"));
        } catch (UsersException e) {
            throw new UsersException(path + ": " + e.getMessage() + "; repair the file or put a copy back");
        }
    }

    /** Waits for its turn and keeps every other writer out. */
    <T> T exclusively(Work<T> work) throws IOException, UsersException {
        PrivateFiles.makeDirectory(directory);
        THIS_PROCESS.lock();
        try (FileChannel channel = openLock();
                var lock = channel.lock()) {
            LOG.trace("holds {}", lock);
            return work.run();
        } finally {
            THIS_PROCESS.unlock();
        }
    }

    private FileChannel openLock() throws IOException {
        Path lockFile = beside(".lock");
        try {
            PrivateFiles.create(lockFile).close();
        } catch (FileAlreadyExistsException e) {
            // It is never removed: another process may be waiting on it.
        }
        return FileChannel.open(lockFile, StandardOpenOption.WRITE);
    }

    /** Replaces the content; durable when it returns. Only within {@link #exclusively}. */
    void write(Collection<User> users) throws IOException {
        PrivateFiles.replace(path, UsersJson.print(users));
    }

    private Path beside(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }
}
