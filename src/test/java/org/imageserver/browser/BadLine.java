package org.imageserver.browser;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A line to a server that somebody can hold up or cut: it passes connections on, until so many more bytes went towards
 * the server. Thread-safe.
 */
final class BadLine implements AutoCloseable {
    private enum Fault {
        NONE,
        HOLD,
        CUT
    }

    /** What a connection sends towards the server for some pages, in bytes. */
    private static final long SMALL = 256 * 1024;

    private static final int BUFFER = 64 * 1024;

    private final ServerSocket door = new ServerSocket();
    private final int serverPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private Fault fault = Fault.NONE;
    private long left;
    private int happened;
    private long sent;

    private BadLine(int serverPort) throws IOException {
        this.serverPort = serverPort;
        // A line that is held up is full at once: else a browser takes many megabytes for sent.
        door.setReceiveBufferSize(BUFFER);
        door.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /** Leads to this port of the loopback. */
    static BadLine to(int serverPort) throws IOException {
        BadLine line = new BadLine(serverPort);
        Thread.ofPlatform().daemon().start(line::accept);
        return line;
    }

    /** The address that a browser opens. */
    String address() {
        return "http://127.0.0.1:" + door.getLocalPort();
    }

    /** Ends all connections once so many more bytes were sent; whoever connects later is served. */
    void cutAfter(long bytes) {
        begin(Fault.CUT, bytes);
    }

    /** Passes nothing on any more after so many bytes, until {@link #release} or until this is called again. */
    void holdAfter(long bytes) {
        begin(Fault.HOLD, bytes);
    }

    private synchronized void begin(Fault next, long bytes) {
        fault = next;
        left = bytes;
        notifyAll();
    }

    /** Goes on. */
    synchronized void release() {
        fault = Fault.NONE;
        notifyAll();
    }

    /** How many faults there were so far. */
    synchronized int happened() {
        return happened;
    }

    /** How many bytes went towards the server so far. */
    synchronized long sent() {
        return sent;
    }

    private void accept() {
        while (true) {
            try {
                lead(door.accept());
            } catch (SocketException e) {
                // The door is closed: the test is over.
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void lead(Socket client) throws IOException {
        Socket server;
        try {
            server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        } catch (ConnectException e) {
            // The server is not there just now.
            cut(client);
            return;
        }
        sockets.add(client);
        sockets.add(server);
        Thread.ofPlatform().daemon().start(() -> pass(client, server, true));
        Thread.ofPlatform().daemon().start(() -> pass(server, client, false));
    }

    private void pass(Socket from, Socket to, boolean isCounted) {
        byte[] buffer = new byte[BUFFER];
        try (from;
                to) {
            InputStream input = from.getInputStream();
            OutputStream output = to.getOutputStream();
            long own = 0;
            for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
                own += count;
                if (isCounted) {
                    count(count, own > SMALL);
                }
                output.write(buffer, 0, count);
            }
        } catch (IOException e) {
            // One of them has gone, which the other sees now.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    /** Holds only what is an upload: beside it, pages are still got. */
    private synchronized void count(int bytes, boolean isUpload) throws SocketException, InterruptedException {
        sent += bytes;
        if (fault == Fault.NONE) {
            return;
        }
        left -= bytes;
        if (left > 0) {
            return;
        }
        happened++;
        if (fault == Fault.CUT) {
            fault = Fault.NONE;
            endAll();
            throw new SocketException("cut");
        }
        while (fault == Fault.HOLD && left <= 0 && isUpload) {
            wait();
        }
    }

    private void endAll() {
        for (Socket socket : sockets) {
            cut(socket);
        }
    }

    /** Without a farewell, as a line that breaks. */
    private static void cut(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It has ended by itself.
        }
    }

    /** Nobody answers here any more. */
    void goAway() throws IOException {
        release();
        door.close();
        endAll();
    }

    @Override
    public void close() throws IOException {
        goAway();
    }
}
