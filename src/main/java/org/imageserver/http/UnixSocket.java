package org.imageserver.http;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** The file of a unix socket: what a start finds there, and who may connect. */
final class UnixSocket {
    private UnixSocket() {}

    /**
     * Makes the path free: the socket that a dead process left behind is removed.
     *
     * @throws IOException when a living process listens there, or something else than a socket is there
     */
    static void prepare(Path path) throws IOException {
        if (path.toAbsolutePath().getParent() != null) {
            Files.createDirectories(path.toAbsolutePath().getParent());
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException(path + " exists and is not a socket; remove it or choose another path");
        }
        if (isAlive(path)) {
            throw new IOException("another process listens on " + path + "; stop it or choose another path");
        }
        Files.deleteIfExists(path);
    }

    /** Sets the file mode, such as 0666: the mask of the process must not decide whether nginx can connect. */
    static void allow(Path path, int mode) throws IOException {
        PosixFilePermission[] bits = PosixFilePermission.values();
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int index = 0; index < bits.length; index++) {
            if ((mode & (0400 >> index)) != 0) {
                permissions.add(bits[index]);
            }
        }
        Files.setPosixFilePermissions(path, permissions);
    }

    private static boolean isAlive(Path path) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException refused) {
            // Nobody accepts: the process that made it is gone.
            return false;
        }
    }
}
