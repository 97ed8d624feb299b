package org.imageserver.http;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Carries bytes from an event loop to a thread that may wait, in batches, and says when the sender has to be held back.
 *
 * <p>One counter decides: the batches that are handed over and not given back. The event loop pauses when it hands over
 * one and there are too many; the reader asks it to go on when it gives one back and there were just too many. So it is
 * asked after every pause, whoever is faster, and it hears of that after the pause. Meanwhile there may be too many
 * again: then it does not go on, since it will be asked again.
 */
final class Batches {
    /** Batches this large keep the hand-over between the threads from costing more than the bytes. */
    static final int BATCH = 128 * 1024;

    /** With so many on their way, the sender is held back. */
    static final int MOST = 4;

    /**
     * Batches that no upload has at the moment. They lie outside of the heap, which is small, and the collector frees such
     * memory late: so the same ones serve all uploads.
     */
    private static final Queue<ByteBuffer> SPARE = new LinkedBlockingQueue<>(64);

    private final int size;
    private final Executor loop;
    private final Runnable pause;
    private final Runnable resume;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Queue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
    private final AtomicInteger underway = new AtomicInteger();
    private @Nullable ByteBuffer filling;

    /** What the event loop tells the reader. */
    sealed interface Event {
        /** Bytes, to be given back to {@link #recycle}. */
        record Batch(ByteBuffer bytes) implements Event {}

        /** Nothing more will come. */
        record End() implements Event {}

        /** The sender is gone. */
        record Broken() implements Event {}
    }

    /**
     * Makes an empty queue.
     *
     * @param size bytes of a batch
     * @param loop runs what it is given on the event loop, in turn
     * @param pause holds the sender back; called on the event loop
     * @param resume lets it go on; called on the event loop
     */
    Batches(int size, Executor loop, Runnable pause, Runnable resume) {
        this.size = size;
        this.loop = loop;
        this.pause = pause;
        this.resume = resume;
    }

    /** Event loop: takes all readable bytes, which stay in the buffer. */
    void add(ByteBuf bytes) {
        int offset = bytes.readerIndex();
        while (offset < bytes.writerIndex()) {
            ByteBuffer batch = filling == null ? empty() : filling;
            int count = Math.min(batch.remaining(), bytes.writerIndex() - offset);
            batch.limit(batch.position() + count);
            bytes.getBytes(offset, batch);
            batch.limit(size);
            offset += count;
            filling = batch;
            if (!batch.hasRemaining()) {
                handOver(batch);
            }
        }
    }

    /** Event loop: nothing more will come. */
    void end() {
        if (filling != null) {
            handOver(filling);
        }
        events.add(new Event.End());
    }

    /** Event loop: the sender is gone; what it had sent by then still counts. */
    void endEarly() {
        if (filling != null) {
            handOver(filling);
        }
        broken();
    }

    /** Any thread: nothing more of the sender's is wanted. */
    void broken() {
        events.add(new Event.Broken());
    }

    /** Reader: what comes next; null when nothing comes in this time. */
    @Nullable
    Event next(Duration patience) throws InterruptedException {
        return events.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Reader: gives a batch back. */
    void recycle(ByteBuffer batch) {
        free.add(batch.clear());
        if (underway.getAndDecrement() == MOST) {
            loop.execute(this::goOn);
        }
    }

    private void goOn() {
        if (underway.get() < MOST) {
            resume.run();
        }
    }

    /** Reader: there will be no more reading; what was given back serves others. */
    void release() {
        for (ByteBuffer batch = free.poll(); batch != null; batch = free.poll()) {
            if (batch.capacity() == BATCH && !SPARE.offer(batch)) {
                return;
            }
        }
    }

    /** Batches are made when they are needed: most bodies are small. */
    private ByteBuffer empty() {
        ByteBuffer used = free.poll();
        if (used == null && size == BATCH) {
            used = SPARE.poll();
        }
        return used == null ? ByteBuffer.allocateDirect(size) : used;
    }

    private void handOver(ByteBuffer batch) {
        filling = null;
        events.add(new Event.Batch(batch.flip()));
        if (underway.incrementAndGet() >= MOST) {
            pause.run();
        }
    }
}
