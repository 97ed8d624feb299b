package org.imageserver.catalogue;

import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The SHA-1 of bytes that the caller goes on to write meanwhile: hashing and writing take about as long, and one after
 * the other an upload would be half as fast. Used by one thread.
 */
final class ConcurrentSha1 {
    /** Shared by all uploads; its tasks never wait for anything, so uploads cannot block each other. */
    private static final Executor CORES = cores();

    private final MessageDigest digest = Sha1.newDigest("SHA-1");
    private CompletableFuture<Void> hashed = CompletableFuture.completedFuture(null);

    private static Executor cores() {
        int count = Runtime.getRuntime().availableProcessors();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                count,
                count,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("sha1-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Waits for the bytes before, then begins to hash these, all that remain. They must not change before the next call
     * returns; their position stays.
     *
     * @throws InterruptedIOException when the thread is interrupted while it waits
     */
    void update(ByteBuffer bytes) throws InterruptedIOException {
        await();
        ByteBuffer view = bytes.duplicate();
        hashed = CompletableFuture.runAsync(() -> digest.update(view), CORES);
    }

    /**
     * The digest of everything, in hex.
     *
     * @throws InterruptedIOException when the thread is interrupted while it waits
     */
    String finish() throws InterruptedIOException {
        await();
        return HexFormat.of().formatHex(digest.digest());
    }

    private void await() throws InterruptedIOException {
        try {
            hashed.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server stops");
        } catch (ExecutionException e) {
            throw new IllegalStateException("SHA-1 failed", e.getCause());
        }
    }
}
