package org.imageserver;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.TreeMap;

/** A connection on which a test decides about every byte, over TCP or a unix socket. Not thread-safe. */
public final class RawConnection implements Closeable {
    private final SocketChannel channel;
    private final ByteBuffer buffered = ByteBuffer.allocate(64 * 1024).flip();

    private RawConnection(SocketAddress address) throws IOException {
        this.channel = SocketChannel.open(address);
    }

    /** Connects to a port of 127.0.0.1. */
    public static RawConnection tcp(int port) throws IOException {
        return new RawConnection(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Connects to a unix socket. */
    public static RawConnection unix(Path path) throws IOException {
        return new RawConnection(UnixDomainSocketAddress.of(path));
    }

    /** Sends text as it is; lines must end in CR LF where HTTP wants it. */
    public RawConnection send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends bytes. */
    public RawConnection send(byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        return this;
    }

    /**
     * Sends bytes, says that nothing more will be sent, and reads until the server closes. A server that has read enough may
     * close before: what was sent in vain is no error.
     */
    public String tell(byte[] content) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try {
            send(content).shutdownOutput();
        } catch (IOException e) {
            // Closed already; what it said before is still to be read.
        }
        try {
            while (!isAtEnd()) {
                answer.write(readByte());
            }
        } catch (IOException e) {
            // Reset: it closed while something was still on its way to it.
        }
        return answer.toString(StandardCharsets.ISO_8859_1);
    }

    /** Says that nothing more will be sent, and goes on reading. */
    public RawConnection shutdownOutput() throws IOException {
        channel.shutdownOutput();
        return this;
    }

    /** An answer: its status, its headers by lower-case name, and its body as text. */
    public record Answer(int status, TreeMap<String, String> headers, String text) {}

    /** Sends a GET with headers that each end in CR LF. */
    public RawConnection get(String target, String headers) throws IOException {
        return send("GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
    }

    /** Reads one answer with its body. */
    public Answer read() throws IOException {
        Answer head = readHead();
        int length = Integer.parseInt(head.headers().getOrDefault("content-length", "0"));
        return new Answer(head.status(), head.headers(), new String(readBytes(length), StandardCharsets.UTF_8));
    }

    /** Reads one answer whose body does not follow (HEAD, 304), or leaves the body to be read. */
    public Answer readHead() throws IOException {
        int status = Integer.parseInt(readLine().split(" ", 3)[1]);
        TreeMap<String, String> headers = new TreeMap<>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Answer(status, headers, "");
    }

    /** Reads exactly so many bytes. */
    public byte[] readBytes(int count) throws IOException {
        byte[] bytes = new byte[count];
        for (int index = 0; index < count; index++) {
            bytes[index] = (byte) readByte();
        }
        return bytes;
    }

    /** Reads so many bytes and gives their SHA-1, in hex: for files that need not be kept. */
    public String sha1(long count) throws IOException {
        MessageDigest digest = TestImages.newSha1();
        for (long left = count; left > 0; ) {
            if (!buffered.hasRemaining() && !fill()) {
                throw new EOFException("the server closed the connection " + left + " bytes too early");
            }
            ByteBuffer part = buffered.slice(buffered.position(), (int) Math.min(left, buffered.remaining()));
            left -= part.remaining();
            buffered.position(buffered.position() + part.remaining());
            digest.update(part);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Whether the server has closed the connection and nothing more is to be read; waits for it or for a byte. */
    public boolean isAtEnd() throws IOException {
        return !buffered.hasRemaining() && !fill();
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = readByte(); next != '\n'; next = readByte()) {
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private int readByte() throws IOException {
        if (!buffered.hasRemaining() && !fill()) {
            throw new EOFException("the server closed the connection");
        }
        return buffered.get() & 0xff;
    }

    private boolean fill() throws IOException {
        buffered.clear();
        int count = channel.read(buffered);
        buffered.flip();
        return count > 0;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
