package org.imageserver.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.impl.HttpServerConnection;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.imageserver.catalogue.OpenFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that sends bytes that are not in memory as a whole, mostly of files: by the kernel alone where that works (sendfile), else through a
 * buffer. Either way the memory of a download depends on neither the file's size nor the client's speed. Thread-safe.
 */
final class FileSender {
    private static final Logger LOG = LoggerFactory.getLogger(FileSender.class);

    /** Large enough that the disk and the hand-over between threads do not count. */
    private static final int LARGEST_CHUNK = 128 * 1024;

    private static final int SMALLEST_CHUNK = 8 * 1024;

    /** What those that pass through a buffer share: a client that stops reading keeps its chunk for as long as it likes. */
    private static final int ALL_CHUNKS = 8 * 1024 * 1024;

    private final Workers workers;
    private final boolean zeroCopy;
    private final ClientLimits limits;
    private final AtomicInteger copies = new AtomicInteger();

    /** Makes a sender for one listener: on illumos, sendfile works on its TCP sockets but not on its unix sockets. */
    FileSender(Workers workers, boolean zeroCopy, ClientLimits limits) {
        this.workers = workers;
        this.limits = limits;
        this.zeroCopy = zeroCopy;
    }

    /**
     * Sends a part of the file and closes it; the future says when the last byte is out, or that it did not get so far:
     * the client went, or the file cannot be read. In the second case nothing was sent at all, or the connection is cut.
     */
    Future<Void> send(OpenFile file, ByteRange part, Exchange exchange) {
        return begin(file, part, exchange).onComplete(done -> {
            if (done.failed() && file.isCutShort()) {
                LOG.warn("{} became shorter while it was being sent; the client got a part of it", file);
            }
            file.close();
        });
    }

    private Future<Void> begin(OpenFile file, ByteRange part, Exchange exchange) {
        if (!zeroCopy || limits.arePaced()) {
            return copy(file, part, exchange);
        }
        Optional<FileChannel> channel = file.channel();
        if (channel.isPresent()) {
            return sendFile(channel.get(), part, exchange.raw());
        }
        return file.isArriving() ? follow(file, part, exchange) : copy(file, part, exchange);
    }

    private Future<Void> follow(OpenFile file, ByteRange part, Exchange exchange) {
        return workers.copy(() -> {
                    file.beginArrival();
                    return file;
                })
                .compose(begun ->
                        new ArrivalSender(begun, part, exchange, workers, rest -> copy(begun, rest, exchange)).run());
    }

    /** Sends so many bytes of a stream. */
    Future<Void> send(InputStream stream, long length, HttpServerResponse response) {
        return new Copy(stream, length, response, sent -> CompletableFuture.completedFuture(null)).run();
    }

    private static Future<Void> sendFile(FileChannel channel, ByteRange part, HttpServerRequest request) {
        HttpServerResponse response = request.response();
        if (response.closed() || !isOpen(request)) {
            // Vert.x would fail with a NullPointerException. It tells the response a moment after the connection ended.
            return Future.failedFuture("the client left before its answer was ready");
        }
        Future<Void> sent = response.sendFile(channel, part.offset(), part.length());
        if (response.bytesWritten() < part.length()) {
            // The file became shorter since it was opened, and Vert.x sends what there is: what the client takes for
            // the rest would be the next answer.
            return request.connection().close().compose(closed -> Future.failedFuture("the file became shorter"));
        }
        return sent;
    }

    /** Whether the client is still there, as far as is known. */
    static boolean isOpen(HttpServerRequest request) {
        return ((HttpServerConnection) request.connection())
                .channelHandlerContext()
                .channel()
                .isActive();
    }

    private Future<Void> copy(OpenFile file, ByteRange part, Exchange exchange) {
        AtomicLong counted = new AtomicLong();
        LongFunction<CompletionStage<Void>> ready =
                sent -> limits.sent(exchange.client(), sent - counted.getAndSet(sent))
                        .thenCompose(may -> file.ready(part.offset() + sent));
        return workers.copy(() -> file.stream(part.offset(), part.length()))
                .compose(
                        stream -> new Copy(stream, part.length(), exchange.raw().response(), ready).run());
    }

    /** One chunk at a time; what the client has not taken yet keeps the network busy while the next is read. */
    private final class Copy {
        private final InputStream from;
        private final HttpServerResponse to;
        private final LongFunction<CompletionStage<Void>> ready;
        private final Promise<Void> done = Promise.promise();
        private final long length;
        private long left;

        /**
         * Makes a copy.
         *
         * @param ready completes when the byte after so many can be read; nobody holds a thread until then
         */
        Copy(InputStream from, long length, HttpServerResponse to, LongFunction<CompletionStage<Void>> ready) {
            this.from = from;
            this.length = length;
            this.left = length;
            this.to = to;
            this.ready = ready;
        }

        Future<Void> run() {
            copies.incrementAndGet();
            step();
            return done.future().onComplete(end -> copies.decrementAndGet());
        }

        private void step() {
            if (left == 0) {
                to.end().onComplete(done);
                return;
            }
            workers.when(ready.apply(length - left))
                    .compose(there -> workers.copy(this::readChunk))
                    .compose(to::write)
                    .onSuccess(written -> step())
                    .onFailure(this::fail);
        }

        private void fail(Throwable failure) {
            if (to.headWritten()) {
                // Cut the connection: a short answer must never look like a whole one.
                to.reset();
            }
            done.tryFail(failure);
        }

        private Buffer readChunk() throws IOException {
            int size = Math.clamp(ALL_CHUNKS / copies.get(), SMALLEST_CHUNK, LARGEST_CHUNK);
            byte[] chunk = from.readNBytes((int) Math.min(size, left));
            if (chunk.length == 0) {
                throw new EOFException("the file ends " + left + " bytes before its stated size");
            }
            left -= chunk.length;
            return Buffer.buffer(chunk);
        }
    }
}
