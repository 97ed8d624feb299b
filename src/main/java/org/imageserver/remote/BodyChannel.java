package org.imageserver.remote;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer as a channel, which waits for the next bytes only so long, and for too few of them no longer
 * than a minute. One batch of buffers is asked for
 * at a time, so that a slow reader slows the sender down. Read and closed by one thread.
 */
final class BodyChannel implements ReadableByteChannel, Flow.Subscriber<List<ByteBuffer>> {
    /** What the sender did: sent bytes, ended, or broke off. */
    private sealed interface Event {
        record Bytes(List<ByteBuffer> buffers) implements Event {}

        record End() implements Event {}

        record Broken(Throwable cause) implements Event {}
    }

    private final String from;
    private final Duration idle;
    private final LongSupplier nanoTime;
    private final LeastRate rate = new LeastRate();
    /** The answer to one request at most, and the end. */
    private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(4);

    private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();
    private final Queue<ByteBuffer> ready = new ArrayDeque<>();
    private boolean isEnded;
    private volatile boolean isOpen = true;

    /**
     * Makes a channel of what will be published to it.
     *
     * @param from the sender, as messages name it
     * @param idle how long to wait for the next bytes
     * @param nanoTime the clock, as {@link System#nanoTime}
     */
    BodyChannel(String from, Duration idle, LongSupplier nanoTime) {
        this.from = from;
        this.idle = idle;
        this.nanoTime = nanoTime;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription.set(given);
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        events.add(new Event.Bytes(buffers));
    }

    @Override
    public void onError(Throwable cause) {
        events.add(new Event.Broken(cause));
    }

    @Override
    public void onComplete() {
        events.add(new Event.End());
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!isOpen) {
            throw new ClosedChannelException();
        }
        while (ready.isEmpty() && !isEnded) {
            await();
        }
        ByteBuffer next = ready.peek();
        if (next == null) {
            return -1;
        }
        int length = Math.min(next.remaining(), into.remaining());
        into.put(next.slice(next.position(), length));
        next.position(next.position() + length);
        if (!next.hasRemaining()) {
            ready.remove();
        }
        return length;
    }

    private void await() throws RemoteException {
        long began = nanoTime.getAsLong();
        @Nullable Event event;
        try {
            event = events.poll(idle.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RemoteException("the transfer from " + from + " was stopped", e);
        }
        if (event == null) {
            throw new RemoteException(from + " sent nothing for " + idle.toSeconds() + " s");
        }
        switch (event) {
            case Event.Bytes bytes -> {
                checkRate(nanoTime.getAsLong() - began, bytes.buffers());
                bytes.buffers().stream().filter(ByteBuffer::hasRemaining).forEach(ready::add);
                askForMore();
            }
            case Event.End end -> isEnded = true;
            case Event.Broken broken ->
                throw new RemoteException(from + " broke off: " + Failures.text(broken.cause()), broken.cause());
        }
    }

    private void checkRate(long waitedNanos, List<ByteBuffer> buffers) throws RemoteException {
        long received = buffers.stream().mapToLong(ByteBuffer::remaining).sum();
        if (!rate.isKeptUp(waitedNanos, received)) {
            throw new RemoteException(from + " is too slow: it sent less than " + LeastRate.BYTES_A_MINUTE
                    + " bytes in a minute, which is taken for dead");
        }
    }

    private void askForMore() {
        Flow.Subscription given = subscription.get();
        if (given != null) {
            given.request(1);
        }
    }

    @Override
    public boolean isOpen() {
        return isOpen;
    }

    /** Breaks the transfer off if it has not ended. */
    @Override
    public void close() {
        isOpen = false;
        Flow.Subscription given = subscription.get();
        if (given != null) {
            given.cancel();
        }
    }
}
