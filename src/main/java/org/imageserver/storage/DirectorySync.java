package org.imageserver.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Makes the names in a directory durable. POSIX wants an fsync of the directory for that; Linux and
 * illumos do it on a descriptor that is open for reading.
 *
 * <p>Some file systems have no such operation for directories and answer EINVAL (/proc does,
 * and some network file systems). Only that answer is ignored, there being nothing more to be done:
 * on these a name is as durable as the file system makes it by itself. Java shows the error number in
 * words alone, so in a locale that translates them the answer is not recognised and stays an error.
 */
final class DirectorySync {
    private static final String EINVAL = "Invalid argument";

    private DirectorySync() {}

    static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            forceOpen(channel, directory);
        }
    }

    private static void forceOpen(FileChannel channel, Path directory) throws IOException {
        try {
            channel.force(true);
        } catch (IOException e) {
            if (!EINVAL.equals(e.getMessage())) {
                throw new FileSystemException(directory.toString(), null, "fsync failed: " + e.getMessage());
            }
        }
    }
}
