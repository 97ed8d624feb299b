package org.imageserver.storage.objects;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * A line to an HTTP server on which things go wrong as planned: answers get lost after the work was done, are cut, come
 * late or never, and instead of the server somebody else says 500 or 503. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {
    private static final String CRLF = "\r\n";

    /** How late a slow answer is. */
    private static final Duration SLOW = Duration.ofMillis(300);

    private final ServerSocket door;
    private final InetSocketAddress server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Map<Fault, AtomicLong> counts = new ConcurrentHashMap<>();
    private final Queue<String> targets = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Plan plan = Plan.NONE;

    /** What happens to a request. */
    public enum Fault {
        NONE,

        /** Answered late. */
        SLOW,

        /** Answered by 500; the server never sees it. */
        ERROR_500,

        /** Answered by 503; the server never sees it. */
        DOWN_503,

        /** The connection ends; the server never sees the request. */
        REFUSED,

        /** The server does it, and the connection ends before the answer. */
        LOST_ANSWER,

        /** The connection ends in the middle of the answer. */
        CUT_ANSWER,

        /** The connection ends after the head of the answer. */
        CUT_HEAD,

        /** There is no answer, and no end. */
        HANG
    }

    /** Says what happens to each request. Thread-safe. */
    @FunctionalInterface
    public interface Plan {
        /** Nothing goes wrong. */
        Plan NONE = (method, target) -> Fault.NONE;

        /** What happens to this one. */
        Fault at(String method, String target);

        /** Things go wrong at random with this share of all requests; the hang is left out. */
        static Plan random(long seed, double share) {
            Random random = new Random(seed);
            Fault[] faults = {
                Fault.SLOW,
                Fault.ERROR_500,
                Fault.DOWN_503,
                Fault.REFUSED,
                Fault.LOST_ANSWER,
                Fault.CUT_ANSWER,
                Fault.CUT_HEAD
            };
            return (method, target) -> {
                synchronized (random) {
                    return random.nextDouble() < share ? faults[random.nextInt(faults.length)] : Fault.NONE;
                }
            };
        }
    }

    private FaultProxy(ServerSocket door, InetSocketAddress server) {
        this.door = door;
        this.server = server;
    }

    /** Opens a line to a server, on a free port of the loopback. */
    public static FaultProxy to(URI server) throws IOException {
        FaultProxy line = new FaultProxy(
                new ServerSocket(0, 256, InetAddress.getLoopbackAddress()),
                new InetSocketAddress(server.getHost(), server.getPort()));
        Thread.ofVirtual().name("fault-proxy").start(line::accept);
        return line;
    }

    /** Its own address. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + door.getLocalPort());
    }

    /** What happens from now on. */
    public void plan(Plan now) {
        plan = now;
    }

    /** How many requests there were of each kind. */
    public Map<Fault, Long> counts() {
        Map<Fault, Long> all = new EnumMap<>(Fault.class);
        counts.forEach((fault, count) -> all.put(fault, count.get()));
        return all;
    }

    /** What was asked for so far: method and target of each request. */
    public List<String> targets() {
        return List.copyOf(targets);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                sockets.add(client);
                Thread.ofVirtual().name("fault-proxy-line").start(() -> serve(client));
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket upstream = new Socket()) {
            sockets.add(upstream);
            client.setTcpNoDelay(true);
            InputStream requests = new BufferedInputStream(client.getInputStream());
            boolean goesOn = true;
            while (goesOn) {
                goesOn = answer(client, requests, upstream);
            }
            sockets.remove(upstream);
        } catch (IOException e) {
            // One of them has gone; the other sees that now.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(client);
        }
    }

    private boolean answer(Socket client, InputStream requests, Socket upstream)
            throws IOException, InterruptedException {
        Message request = Message.read(requests);
        String[] words = request.start().split(" ", 3);
        targets.add(words[0] + " " + words[1]);
        Fault fault = plan.at(words[0], words[1]);
        counts.computeIfAbsent(fault, kind -> new AtomicLong()).incrementAndGet();
        OutputStream answers = client.getOutputStream();
        if (fault == Fault.HANG) {
            closed.await();
            return false;
        }
        if (fault == Fault.REFUSED) {
            breakOff(client);
            return false;
        }
        if ("100-continue".equalsIgnoreCase(request.header("expect"))) {
            answers.write(("HTTP/1.1 100 Continue" + CRLF + CRLF).getBytes(StandardCharsets.ISO_8859_1));
            answers.flush();
        }
        if (fault == Fault.ERROR_500 || fault == Fault.DOWN_503) {
            request.body(requests, false).transferTo(OutputStream.nullOutputStream());
            answers.write(error(fault));
            answers.flush();
            return true;
        }
        if (fault == Fault.SLOW && closed.await(SLOW.toMillis(), TimeUnit.MILLISECONDS)) {
            return false;
        }
        return forward(client, request, requests, upstream, fault);
    }

    private boolean forward(Socket client, Message request, InputStream requests, Socket upstream, Fault fault)
            throws IOException {
        if (!upstream.isConnected()) {
            upstream.connect(server);
            upstream.setTcpNoDelay(true);
        }
        OutputStream to = upstream.getOutputStream();
        to.write(request.without("expect"));
        request.body(requests, false).transferTo(to);
        to.flush();
        InputStream from = upstream.getInputStream();
        Message answer = Message.read(from);
        boolean isHead = request.start().startsWith("HEAD ");
        InputStream body = answer.body(from, isHead || answer.isWithoutBody());
        if (fault == Fault.LOST_ANSWER) {
            body.transferTo(OutputStream.nullOutputStream());
            breakOff(client);
            return false;
        }
        OutputStream back = client.getOutputStream();
        back.write(answer.without(""));
        if (fault == Fault.CUT_ANSWER || fault == Fault.CUT_HEAD) {
            byte[] all = body.readAllBytes();
            back.write(all, 0, fault == Fault.CUT_HEAD ? 0 : all.length / 2);
            back.flush();
            breakOff(client);
            return false;
        }
        body.transferTo(back);
        back.flush();
        return answer.keepsConnection();
    }

    private static byte[] error(Fault fault) {
        String status = fault == Fault.ERROR_500 ? "500 Internal Server Error" : "503 Slow Down";
        String code = fault == Fault.ERROR_500 ? "InternalError" : "SlowDown";
        String body = "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>on purpose</Message></Error>";
        return ("HTTP/1.1 " + status + CRLF + "Content-Type: application/xml" + CRLF + "Content-Length: "
                        + body.length() + CRLF + CRLF + body)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Without a farewell, as a line that breaks. */
    private static void breakOff(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** The head of a request or an answer. */
    private record Message(String start, Map<String, String> headers, String text) {
        static Message read(InputStream from) throws IOException {
            String start = line(from);
            Map<String, String> headers = new HashMap<>();
            StringBuilder text = new StringBuilder();
            for (String line = line(from); !line.isEmpty(); line = line(from)) {
                String[] parts = line.split(":", 2);
                headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
                text.append(line).append(CRLF);
            }
            return new Message(start, headers, text.toString());
        }

        private static String line(InputStream from) throws IOException {
            StringBuilder line = new StringBuilder();
            for (int read = from.read(); read != '\n'; read = from.read()) {
                if (read < 0) {
                    throw new EOFException();
                }
                if (read != '\r') {
                    line.append((char) read);
                }
            }
            return line.toString();
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        /** The head again, but for one header. */
        byte[] without(String name) {
            String rest = text.lines()
                    .filter(line -> name.isEmpty() || !line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line + CRLF)
                    .collect(Collectors.joining());
            return (start + CRLF + rest + CRLF).getBytes(StandardCharsets.ISO_8859_1);
        }

        boolean isWithoutBody() {
            String status = start.split(" ", 3)[1];
            return status.equals("204") || status.equals("304");
        }

        boolean keepsConnection() {
            return !header("connection").equalsIgnoreCase("close");
        }

        /** The body as it is on the line, chunks and all. */
        InputStream body(InputStream from, boolean isNone) {
            if (isNone) {
                return InputStream.nullInputStream();
            }
            if (header("transfer-encoding").equalsIgnoreCase("chunked")) {
                return new Chunks(from);
            }
            String length = header("content-length");
            return new Counted(from, length.isEmpty() ? 0 : Long.parseLong(length));
        }
    }

    /** So many bytes. */
    private static final class Counted extends InputStream {
        private final InputStream from;
        private long left;

        Counted(InputStream from, long left) {
            this.from = from;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = from.read(to, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw new EOFException();
            }
            left -= read;
            return read;
        }
    }

    /** A chunked body with its sizes, to the end of the trailers. */
    private static final class Chunks extends InputStream {
        private final InputStream from;
        private byte[] piece = new byte[0];
        private int position;
        private boolean isLast;

        Chunks(InputStream from) {
            this.from = from;
        }

        @Override
        public int read() throws IOException {
            if (position == piece.length) {
                if (isLast) {
                    return -1;
                }
                next();
            }
            return piece[position++] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int first = read();
            if (first < 0 || length == 0) {
                return -1;
            }
            to[offset] = (byte) first;
            int more = Math.min(length - 1, piece.length - position);
            System.arraycopy(piece, position, to, offset + 1, more);
            position += more;
            return 1 + more;
        }

        private void next() throws IOException {
            String size = Message.line(from);
            int length = Integer.parseInt(size.split(";", 2)[0].strip(), 16);
            isLast = length == 0;
            byte[] head = (size + CRLF).getBytes(StandardCharsets.ISO_8859_1);
            byte[] bytes = from.readNBytes(length);
            Message.line(from);
            piece = new byte[head.length + bytes.length + 2];
            System.arraycopy(head, 0, piece, 0, head.length);
            System.arraycopy(bytes, 0, piece, head.length, bytes.length);
            piece[piece.length - 2] = '\r';
            piece[piece.length - 1] = '\n';
            position = 0;
        }
    }
}
