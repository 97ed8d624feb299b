package org.imageserver.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads that wait for disks and clients. Four pools, so that what takes an hour does not hold up what takes a
 * moment: uploads, other changes, downloads that pass through this process, and everything else that reads (the pool of
 * Vert.x itself). When a pool is full,
 * requests wait for a thread, and their clients are held back. Thread-safe; closed with its Vertx.
 */
final class Workers {
    /** For reading; the size of Vert.x's own pool. */
    static final int READERS = 16;

    /** Each takes about two megabytes of memory. */
    private static final int UPLOADS = 16;

    private static final int CHANGES = 8;

    /** They wait for disks and for other servers, some of which are slow. */
    private static final int COPIES = 64;

    /** Workers read large files: only a loop that hangs is worth a warning. */
    static final long LONGEST_MINUTES = 10;

    private static final long SMALL_BODY = 64 * 1024;

    private final Vertx vertx;
    private final WorkerExecutor uploads;
    private final WorkerExecutor changes;
    private final WorkerExecutor copies;

    Workers(Vertx vertx) {
        this.vertx = vertx;
        this.uploads = vertx.createSharedWorkerExecutor("upload", UPLOADS, LONGEST_MINUTES, TimeUnit.MINUTES);
        this.copies = vertx.createSharedWorkerExecutor("copy", COPIES, LONGEST_MINUTES, TimeUnit.MINUTES);
        this.changes = vertx.createSharedWorkerExecutor("change", CHANGES, LONGEST_MINUTES, TimeUnit.MINUTES);
    }

    /** Reads a piece of a download that the kernel cannot send by itself. */
    <T> Future<T> copy(Callable<T> read) {
        return copies.executeBlocking(read, false);
    }

    /** The same moment on the caller's event loop. */
    Future<Void> when(CompletionStage<Void> moment) {
        return moment.toCompletableFuture().isDone()
                ? Future.succeededFuture()
                : Future.fromCompletionStage(moment, vertx.getOrCreateContext());
    }

    /** Does the work of a request that has this body, or none; the future completes on the caller's event loop. */
    Future<Reply> run(@Nullable RequestBody body, Reply.Later later) {
        if (body == null) {
            return vertx.executeBlocking(later.work(), false);
        }
        boolean isSmall = body.announced().orElse(body.isChunked() ? Long.MAX_VALUE : 0) <= SMALL_BODY;
        return (isSmall && !later.movesFile() ? changes : uploads).executeBlocking(later.work(), false);
    }
}
