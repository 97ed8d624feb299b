package org.imageserver.http;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.imageserver.http.Batches.Event;
import org.imageserver.remote.LeastRate;
import org.jspecify.annotations.Nullable;

/**
 * The one place that receives a body: the event loop fills a few buffers, a thread of the pool empties them, and the
 * client is held back in between, so the memory of an upload depends on neither its size nor anyone's speed. Nothing is
 * read from the client before the first {@link #read}; then {@code 100 Continue} is sent if it was asked for.
 *
 * <p>Reading is for one thread of the pool. {@link #discard} is for the event loop.
 */
final class RequestBody implements ReadableByteChannel {
    /** How much of a refused upload is read to its end, so that the client hears the answer and not a reset. */
    private static final long MOST_DISCARDED = 64L * 1024 * 1024;

    private static final long DISCARD_MILLIS = 10_000;

    private final HttpServerRequest raw;
    private final Context context;
    private final Duration idle;
    private final Batches batches;
    private boolean isRead;
    private @Nullable ByteBuffer emptying;
    private volatile boolean isBegun;
    private volatile boolean isComplete;
    private final AtomicLong received = new AtomicLong();
    private final LeastRate rate = new LeastRate();
    private long counted;

    /** The client stopped sending; there is nobody to answer, or not for long. */
    static final class BrokenOffException extends IOException {
        BrokenOffException(String message) {
            super(message);
        }
    }

    /** Takes over the request's body; called on its event loop, before anything of it was handled. */
    RequestBody(HttpServerRequest raw, Context context, Duration idle) {
        this.raw = raw;
        this.context = context;
        this.idle = idle;
        this.batches =
                new Batches(Batches.BATCH, work -> context.runOnContext(now -> work.run()), raw::pause, raw::resume);
        raw.pause();
        raw.handler(this::arrived);
        raw.endHandler(end -> {
            isComplete = true;
            batches.end();
        });
        raw.exceptionHandler(gone -> batches.endEarly());
    }

    /** What {@code Content-Length} says. */
    OptionalLong announced() {
        String length = raw.getHeader("Content-Length");
        return length == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(length));
    }

    /** Whether the client sends as much as it likes. */
    boolean isChunked() {
        return raw.headers().contains("Transfer-Encoding");
    }

    private void arrived(Buffer chunk) {
        received.addAndGet(chunk.length());
        boolean isTaken = false;
        try {
            batches.add(((BufferInternal) chunk).getByteBuf());
            isTaken = true;
        } finally {
            if (!isTaken) {
                // Out of memory, say: what is left would look like a whole upload otherwise.
                batches.broken();
            }
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (isRead) {
            return -1;
        }
        if (!isBegun) {
            begin();
        }
        while (emptying == null || !emptying.hasRemaining()) {
            recycle();
            switch (next()) {
                case Event.Batch batch -> emptying = batch.bytes();
                case Event.End end -> {
                    isRead = true;
                    batches.release();
                    return -1;
                }
                case Event.Broken broken ->
                    throw new BrokenOffException("the client broke off after " + received.get() + " bytes");
            }
        }
        int count = Math.min(target.remaining(), emptying.remaining());
        target.put(emptying.slice(emptying.position(), count));
        emptying.position(emptying.position() + count);
        return count;
    }

    private void begin() {
        isBegun = true;
        context.runOnContext(now -> {
            if ("100-continue".equalsIgnoreCase(raw.getHeader("Expect"))) {
                raw.response().writeContinue();
            }
            raw.resume();
        });
    }

    private void recycle() {
        if (emptying != null) {
            batches.recycle(emptying);
            emptying = null;
        }
    }

    private Event next() throws IOException {
        try {
            while (true) {
                long seenBefore = received.get();
                long began = System.nanoTime();
                Event event = batches.next(idle);
                checkRate(System.nanoTime() - began);
                if (event != null) {
                    return event;
                }
                if (received.get() == seenBefore) {
                    throw new BrokenOffException(
                            "the client sent nothing for " + idle.toSeconds() + " s, after " + received + " bytes");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokenOffException("the server stops");
        }
    }

    private void checkRate(long waitedNanos) throws BrokenOffException {
        long now = received.get();
        boolean isKeptUp = rate.isKeptUp(waitedNanos, now - counted);
        counted = now;
        if (!isKeptUp && !isComplete) {
            throw new BrokenOffException("the client sent less than " + LeastRate.BYTES_A_MINUTE
                    + " bytes in a minute, which is taken for dead; " + now + " bytes in all");
        }
    }

    /**
     * Reads and forgets what is left, within bounds, after the answer was written: a client that is still sending would
     * otherwise be reset before it reads the answer.
     */
    void discard() {
        if (isComplete) {
            return;
        }
        long[] left = {MOST_DISCARDED};
        long timer = context.owner()
                .setTimer(DISCARD_MILLIS, late -> raw.connection().close());
        raw.endHandler(end -> context.owner().cancelTimer(timer));
        raw.exceptionHandler(gone -> context.owner().cancelTimer(timer));
        raw.handler(chunk -> {
            left[0] -= chunk.length();
            if (left[0] < 0) {
                raw.connection().close();
            }
        });
        raw.resume();
    }

    /** Whether the client announced more than {@link #discard} reads, and has not sent it. */
    boolean isTooMuchToDiscard() {
        return !isComplete && announced().orElse(0) > MOST_DISCARDED;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    /**
     * Frees a thread that waits in {@link #read}, as if the client had broken off; for another thread. The connection
     * belongs to the server, which goes on with {@link #discard}.
     */
    @Override
    public void close() {
        batches.broken();
    }
}
