package org.imageserver.zfs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks a file while it arrives: give it the bytes, compressed as they are and in pieces of any size, then ask for the
 * verdict.
 *
 * <pre>{@code
 * try (StreamCheck check = new StreamCheck()) {
 *     while (...) {
 *         check.update(bytes);
 *     }
 *     Verdict verdict = check.finish();
 * }
 * }</pre>
 *
 * <p>Decompressors pull, uploads push: between them stand a pipe of a quarter of a megabyte and a thread of the check's own. The
 * thread inflates while the caller hashes and writes, so the check costs the caller a copy of the bytes; and it is the
 * same for all compressions, and the same code that reads a file ({@link SendStream}). It is not taken from a pool: a
 * full pool of uploads that wait for their checks would never move again. {@link #update} waits while the thread lags
 * behind by more than the pipe holds.
 *
 * <p>Not thread-safe: one thread at a time. Interrupting a thread that waits in {@link #update} or {@link #finish}
 * frees it. Closing stops the check at once, wherever it is; a check that was given bytes must be closed.
 */
public final class StreamCheck implements AutoCloseable {
    private final Pipe pipe = new Pipe();
    private final long memory;
    private final Thread thread;
    private volatile @Nullable Verdict verdict;
    private volatile @Nullable Throwable failure;
    private boolean started;
    private boolean ended;

    /** With {@link SendStream#defaultMemory()}. */
    public StreamCheck() {
        this(SendStream.defaultMemory());
    }

    /** @param memory the most that a decompressor may take, in bytes */
    public StreamCheck(long memory) {
        this.memory = memory;
        this.thread = Thread.ofPlatform().daemon().name("stream-check").unstarted(this::run);
    }

    /**
     * Takes the next bytes, all that remain in the buffer. Once {@link #settled} they are ignored.
     *
     * @throws InterruptedIOException when the thread is interrupted while it waits; the check can only be closed then
     */
    public void update(ByteBuffer bytes) throws InterruptedIOException {
        if (ended) {
            throw new IllegalStateException("the check has ended");
        }
        start();
        if (verdict != null) {
            bytes.position(bytes.limit());
            return;
        }
        try {
            pipe.write(bytes);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /**
     * The verdict, if it is known before the end: only a bad one is. An upload need not go on then.
     */
    public Optional<Verdict> settled() {
        return Optional.ofNullable(verdict);
    }

    /**
     * Says that all bytes were given, and waits for the verdict.
     *
     * @throws InterruptedIOException when the thread is interrupted while it waits; the check can only be closed then
     */
    public Verdict finish() throws InterruptedIOException {
        if (!ended) {
            start();
            ended = true;
            pipe.end();
        }
        // Whether there is still something to wait for must not decide what an interrupted caller sees.
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw interrupted();
        }
        Verdict found = verdict;
        if (found == null) {
            throw new IllegalStateException("the check did not reach a verdict", failure);
        }
        return found;
    }

    /** Stops the check if it still runs. */
    @Override
    public void close() {
        ended = true;
        if (started) {
            thread.interrupt();
        }
    }

    private void start() {
        if (!started) {
            started = true;
            thread.start();
        }
    }

    private void run() {
        try {
            verdict = SendStream.verify(pipe, memory);
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
        try {
            pipe.drain();
        } catch (InterruptedException closed) {
            // Nobody waits for this thread any more.
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("the check was interrupted");
    }
}
