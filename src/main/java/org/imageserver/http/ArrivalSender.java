package org.imageserver.http;

import io.netty.channel.ChannelFuture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.VertxConnection;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.function.Function;
import org.imageserver.catalogue.OpenFile;

/**
 * Sends a file by sendfile while it arrives: what is there, and again what has come until the client had taken that. So a
 * client costs neither memory nor a copy, however many wait for the same file. Confined to the connection's event loop.
 */
final class ArrivalSender {
    /** Given to the kernel at once: Vert.x divides what is larger than a megabyte, and tells the log when a part of it fails. */
    private static final int LARGEST_PIECE = 512 * 1024;

    private final OpenFile file;
    private final Exchange exchange;
    private final HttpServerResponse response;
    private final Workers workers;
    private final Function<ByteRange, Future<Void>> copy;
    private final Promise<Void> done = Promise.promise();
    private final long end;
    private long position;

    /**
     * Makes a sender.
     *
     * @param file whose arrival has begun
     * @param copy sends the rest through a buffer and ends the answer
     */
    ArrivalSender(
            OpenFile file, ByteRange part, Exchange exchange, Workers workers, Function<ByteRange, Future<Void>> copy) {
        this.file = file;
        this.position = part.offset();
        this.end = part.offset() + part.length();
        this.exchange = exchange;
        this.response = exchange.raw().response();
        this.workers = workers;
        this.copy = copy;
    }

    /** Sends everything and ends the answer; fails before the first byte, or with the connection cut. */
    Future<Void> run() {
        step();
        return done.future();
    }

    private void step() {
        if (position == end) {
            response.end().onComplete(done);
            return;
        }
        workers.when(file.ready(position)).compose(there -> sendPiece()).onFailure(this::fail);
    }

    /** What comes before the first byte may still be answered with an error, so the head goes out with that. */
    private Future<Void> sendPiece() {
        Optional<OpenFile.Arrived> piece = file.arrived(position);
        if (piece.isEmpty()) {
            copy.apply(new ByteRange(position, end - position)).onComplete(done);
            return Future.succeededFuture();
        }
        if (response.closed() || !FileSender.isOpen(exchange.raw())) {
            return Future.failedFuture("the client left before its answer was ready");
        }
        if (!response.headWritten()) {
            response.writeHead();
        }
        long length = Math.min(Math.min(end, piece.get().end()) - position, LARGEST_PIECE);
        return give(piece.get().file(), length).onSuccess(sent -> {
            position += length;
            step();
        });
    }

    /** The response cannot send several parts of a file; its connection can. */
    private Future<Void> give(FileChannel from, long length) {
        Promise<Void> sent = Promise.promise();
        ChannelFuture written = ((VertxConnection) exchange.raw().connection()).sendFile(from, position, length);
        written.addListener(end -> {
            if (end.isSuccess()) {
                exchange.sentByKernel(length);
                sent.complete();
            } else {
                sent.fail(end.cause());
            }
        });
        return sent.future();
    }

    private void fail(Throwable failure) {
        if (response.headWritten()) {
            // Cut the connection: a short answer must never look like a whole one.
            response.reset();
        }
        done.tryFail(failure);
    }
}
