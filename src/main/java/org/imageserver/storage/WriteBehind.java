package org.imageserver.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings a file that is being written to the disk while it is being written. Otherwise the final flush waits for all of
 * it, and a large upload fills the machine's memory with dirty pages. Used by one thread.
 */
final class WriteBehind {
    /** At most twice as many bytes are not on the disk yet. */
    private static final long STEP = 32L << 20;

    /** A thread for each file that is being written, given back when it is not. */
    private static final ExecutorService FLUSHERS = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("flush-", 0).factory());

    private final FileChannel channel;
    private final long step;
    private final Supplier<Afterwards> afterwards;
    private long unflushed;
    private @Nullable FutureTask<Void> flush;

    /** What follows a flush, on the flush's thread. */
    interface Afterwards {
        void run() throws IOException;
    }

    WriteBehind(FileChannel channel) {
        this(channel, STEP, () -> () -> {});
    }

    /**
     * Brings a file to the disk, and does something after each flush.
     *
     * @param step in bytes; at most twice as many are not on the disk yet
     * @param afterwards asked when a flush begins, by the thread that writes
     */
    WriteBehind(FileChannel channel, long step, Supplier<Afterwards> afterwards) {
        this.channel = channel;
        this.step = step;
        this.afterwards = afterwards;
    }

    /**
     * Bytes were written; they may be flushed now, beside what the caller does next.
     *
     * @throws IOException when the bytes before could not be flushed: the kernel says so once, so it must be told here
     */
    void written(int bytes) throws IOException {
        unflushed += bytes;
        if (unflushed >= step) {
            await();
            unflushed = 0;
            Afterwards then = afterwards.get();
            flush = new FutureTask<>(() -> {
                channel.force(false);
                then.run();
                return null;
            });
            FLUSHERS.execute(flush);
        }
    }

    /**
     * Waits for what was begun.
     *
     * @throws IOException when it failed
     */
    void await() throws IOException {
        if (flush == null) {
            return;
        }
        try {
            flush.get();
        } catch (ExecutionException e) {
            throw new IOException("the bytes cannot be brought to the disk: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server stops");
        }
        flush = null;
    }
}
