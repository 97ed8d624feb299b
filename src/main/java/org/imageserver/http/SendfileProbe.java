package org.imageserver.http;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether the kernel sends a file to a unix socket by itself. illumos refuses it (EAFNOSUPPORT), and a
 * server that only notices in a download has already promised the bytes.
 */
final class SendfileProbe {
    private static final Logger LOG = LoggerFactory.getLogger(SendfileProbe.class);

    private SendfileProbe() {}

    /** Sends one byte through a socket made for it. */
    static boolean worksOnUnixSockets() {
        try {
            Path directory = Files.createTempDirectory("sendfile");
            Path socket = directory.resolve("socket");
            Path file = directory.resolve("file");
            try {
                return transfers(socket, file);
            } finally {
                Files.deleteIfExists(socket);
                Files.deleteIfExists(file);
                Files.delete(directory);
            }
        } catch (IOException e) {
            LOG.info("sendfile does not work on unix sockets here, copying instead: {}", e.toString());
            return false;
        }
    }

    private static boolean transfers(Path socket, Path file) throws IOException {
        Files.write(file, new byte[] {42});
        try (ServerSocketChannel server =
                        ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
                SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                SocketChannel accepted = server.accept();
                FileChannel source = FileChannel.open(file, StandardOpenOption.READ)) {
            return source.transferTo(0, 1, accepted) == 1 && client.read(ByteBuffer.allocate(1)) == 1;
        }
    }
}
