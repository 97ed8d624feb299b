package org.imageserver.http;

import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
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
    /** Batches this large keep the hand-over between the threads from costing more than the bytes. */
    private static final int BATCH = 128 * 1024;

    private static final int BATCHES = 4;

    /** How much of a refused upload is read to its end, so that the client hears the answer and not a reset. */
    private static final long MOST_DISCARDED = 64L * 1024 * 1024;

    private static final long DISCARD_MILLIS = 10_000;

    private final HttpServerRequest raw;
    private final Context context;
    private final Duration idle;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(BATCHES);
    private final AtomicBoolean isHeldBack = new AtomicBoolean();
    private @Nullable ByteBuffer filling;
    private @Nullable ByteBuffer emptying;
    private volatile boolean isBegun;
    private volatile boolean isComplete;
    private final AtomicLong received = new AtomicLong();
    private final LeastRate rate = new LeastRate();
    private long counted;

    /** What the event loop tells the reader. */
    private sealed interface Event {
        record Batch(ByteBuffer bytes) implements Event {}

        record End() implements Event {}

        record Broken() implements Event {}
    }

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
        for (int count = 0; count < BATCHES; count++) {
            free.add(ByteBuffer.allocate(0));
        }
        raw.pause();
        raw.handler(this::arrived);
        raw.endHandler(end -> {
            flush();
            isComplete = true;
            events.add(new Event.End());
        });
        raw.exceptionHandler(gone -> events.add(new Event.Broken()));
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
        ByteBuf bytes = ((BufferInternal) chunk).getByteBuf();
        int offset = 0;
        while (offset < chunk.length()) {
            if (filling == null) {
                filling = nextBuffer();
            }
            int count = Math.min(filling.remaining(), chunk.length() - offset);
            filling.limit(filling.position() + count);
            bytes.getBytes(bytes.readerIndex() + offset, filling);
            filling.limit(filling.capacity());
            offset += count;
            if (!filling.hasRemaining()) {
                flush();
            }
        }
    }

    /** Buffers are made when they are first needed: most bodies are small. One more than planned holds the rest. */
    private ByteBuffer nextBuffer() {
        ByteBuffer next = free.poll();
        if (next == null || free.isEmpty()) {
            isHeldBack.set(true);
            raw.pause();
        }
        return next == null || next.capacity() == 0 ? ByteBuffer.allocate(BATCH) : next.clear();
    }

    private void flush() {
        if (filling != null) {
            events.add(new Event.Batch(filling.flip()));
            filling = null;
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (!isBegun) {
            begin();
        }
        while (emptying == null || !emptying.hasRemaining()) {
            recycle();
            switch (next()) {
                case Event.Batch batch -> emptying = batch.bytes();
                case Event.End end -> {
                    events.add(end);
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
            free.offer(emptying);
            emptying = null;
        }
        if (isHeldBack.compareAndSet(true, false)) {
            context.runOnContext(now -> raw.resume());
        }
    }

    private Event next() throws IOException {
        try {
            while (true) {
                long seenBefore = received.get();
                long began = System.nanoTime();
                Event event = events.poll(idle.toMillis(), TimeUnit.MILLISECONDS);
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

    @Override
    public void close() {
        // The connection belongs to the server, which goes on with discard().
    }
}
