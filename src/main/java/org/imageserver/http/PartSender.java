package org.imageserver.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Sends parts that are in memory, some at a time: a slow client holds few of them, however long the answer. Confined to
 * the connection's event loop.
 */
final class PartSender {
    /** What is handed to the socket at once; enough that it never waits for more. */
    private static final int WINDOW = 1024 * 1024;

    private final Iterator<ByteBuffer> parts;
    private final HttpServerResponse response;
    private final Promise<Void> done = Promise.promise();

    private PartSender(Iterator<ByteBuffer> parts, HttpServerResponse response) {
        this.parts = parts;
        this.response = response;
    }

    /** Sends everything and ends the answer; the future says when the last byte is out, or that the client went. */
    static Future<Void> send(Iterator<ByteBuffer> parts, HttpServerResponse response) {
        PartSender sender = new PartSender(parts, response);
        sender.step();
        return sender.done.future();
    }

    private void step() {
        List<ByteBuffer> window = new ArrayList<>();
        int length = 0;
        while (parts.hasNext() && length < WINDOW) {
            ByteBuffer part = parts.next();
            window.add(part);
            length += part.remaining();
        }
        if (!parts.hasNext()) {
            response.end(Body.wrapped(window)).onComplete(done);
            return;
        }
        response.write(Body.wrapped(window)).onComplete(written -> {
            if (written.succeeded()) {
                step();
            } else {
                done.tryFail(written.cause());
            }
        });
    }
}
