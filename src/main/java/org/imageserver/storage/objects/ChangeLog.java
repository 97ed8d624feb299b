package org.imageserver.storage.objects;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.imageserver.storage.OvertakenException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The changes of all servers, in one order: {@code log/N} is made by whoever creates it, and creating what must not
 * exist has one winner. What is in memory is a fold over it, so nothing that was seen is ever unseen. Thread-safe.
 */
final class ChangeLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeLog.class);

    /** Over so many changes a start is a matter of a second. */
    private static final int CHECKPOINT_EVERY = 256;

    /** How long a change of unknown outcome is asked about before its sender is told that it is unknown. */
    static final Duration LONGEST_DOUBT = Duration.ofSeconds(20);

    /** How long the log may be busy with others' changes before it counts as down. */
    private static final long LONGEST_WAIT_SECONDS = 5;

    private static final long LONGEST_PAUSE_NANOS = 200_000_000;

    private final ObjectStore store;
    private final Duration longestDoubt;
    private final Outage outage = new Outage();
    private final Namespace namespace = new Namespace();
    private final Checkpoints checkpoints;
    private final News news = new News();
    private final ReentrantLock lock = new ReentrantLock(true);

    /** The scope of a decision, on the thread that decides. Not static: each log has its own decisions. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable Scope> scope = new ThreadLocal<>();

    /** Writes checkpoints, which nobody waits for. */
    private final ExecutorService aside = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("checkpoint").factory());

    private volatile long head;

    ChangeLog(ObjectStore store, Duration longestDoubt) {
        this.store = store;
        this.longestDoubt = longestDoubt;
        this.checkpoints = new Checkpoints(store);
    }

    static String name(long number) {
        return String.format(Locale.ROOT, "log/%020d", number);
    }

    /** What a decision was made on. */
    private static final class Scope {
        private final long head;
        private boolean isDecided;

        Scope(long head) {
            this.head = head;
        }
    }

    /** Decides on the newest state whether there is anything to change. */
    @FunctionalInterface
    interface Decision {
        Optional<Change> decide(Namespace now) throws IOException;
    }

    /** A change that took place, and its place in the order. */
    record Applied(long number, Change change) {}

    interface Work<T> {
        T run() throws IOException;
    }

    Namespace namespace() {
        return namespace;
    }

    News news() {
        return news;
    }

    /** The number of the last change that is known here. */
    long head() {
        return head;
    }

    /** Reads what there is: the newest checkpoint, then the changes after it. */
    void open() throws IOException {
        lock.lock();
        try {
            long start = checkpoints.load(namespace);
            head = start;
            catchUp();
            if (head - start >= CHECKPOINT_EVERY) {
                writeCheckpoint();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes up what other servers have changed: one small request when they have not.
     *
     * @throws StoreDownException soon, when the store did not answer a moment ago
     */
    void catchUp() throws IOException {
        if (scope.get() != null) {
            // A decision begins with it; what comes later would only overtake it.
            return;
        }
        outage.check();
        acquire();
        long begun = System.nanoTime();
        try {
            outage.check();
            while (takeNext()) {
                // The next one may be there, too.
            }
            outage.over();
        } catch (StoreDownException e) {
            outage.failed(e, begun);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private void acquire() throws IOException {
        try {
            if (!lock.tryLock(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new StoreDownException("the object store is slow; changes wait for it", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server stops");
        }
    }

    private boolean takeNext() throws IOException {
        String name = name(head + 1);
        Optional<byte[]> next = store.read(name);
        if (next.isEmpty()) {
            return false;
        }
        apply(ChangeJson.read(name, next.get()));
        return true;
    }

    private void apply(Change change) {
        long number = head + 1;
        namespace.apply(number, change);
        change.puts().forEach(put -> news.add(put.key()));
        change.deletes().forEach(news::add);
        head = number;
    }

    /**
     * Does work whose first change depends on what it reads here: if another server changes anything before, it is begun
     * again on the newest state. What it changes after its first change needs no decision.
     */
    <T> T decide(Work<T> work) throws IOException {
        if (scope.get() != null) {
            return work.run();
        }
        while (true) {
            long begun = System.nanoTime();
            catchUp();
            scope.set(new Scope(head));
            try {
                return work.run();
            } catch (OvertakenException e) {
                LOG.debug("overtaken by another server; deciding again: {}", e.getMessage());
                pause(System.nanoTime() - begun);
            } finally {
                scope.remove();
            }
        }
    }

    /**
     * Adds a change; durable, and in force here, when it returns.
     *
     * @return what took place here, which others may have changed again already; empty when there was nothing to change
     * @throws OvertakenException within {@link #decide}, when another server was first
     * @throws IOException when the store fails; the change may have taken place then, or may still do so, whole
     */
    Optional<Applied> append(Decision decision) throws IOException {
        lock.lock();
        try {
            outage.check();
            Scope deciding = scope.get();
            while (true) {
                if (deciding != null && !deciding.isDecided && deciding.head != head) {
                    throw new OvertakenException("change " + head + " came first");
                }
                Optional<Change> change = decision.decide(namespace);
                if (change.isEmpty()) {
                    return Optional.empty();
                }
                if (add(change.get())) {
                    if (deciding != null) {
                        deciding.isDecided = true;
                    }
                    writeCheckpointNowAndThen();
                    return Optional.of(new Applied(head, change.get()));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Tries to make it the next change; false when the next change is another one, which is in force here then. */
    private boolean add(Change change) throws IOException {
        String name = name(head + 1);
        byte[] bytes = ChangeJson.bytes(change);
        long begun = System.nanoTime();
        while (true) {
            try {
                Change there = store.create(name, bytes) ? change : read(name);
                outage.over();
                apply(there);
                // It may be our own that was there, made before its answer was lost; only the log knows.
                return there.id().equals(change.id());
            } catch (StoreDownException e) {
                // Whether it was made is not known, and no other number may be tried before it is.
                if (System.nanoTime() - begun > longestDoubt.toNanos()) {
                    outage.failed(e, begun);
                    throw e;
                }
                pause(LONGEST_PAUSE_NANOS);
            }
        }
    }

    private Change read(String name) throws IOException {
        byte[] bytes = store.read(name)
                .orElseThrow(() -> new StoreDownException(
                        name + " exists in the object store, which does not show it: does something else remove"
                                + " objects there?",
                        null));
        return ChangeJson.read(name, bytes);
    }

    private void writeCheckpointNowAndThen() {
        if (head % CHECKPOINT_EVERY == 0) {
            writeCheckpoint();
        }
    }

    /** Without it, starts take longer, and nothing else. */
    private void writeCheckpoint() {
        Checkpoints.State state = Checkpoints.State.of(head, namespace);
        aside.execute(() -> {
            try {
                checkpoints.write(state);
            } catch (IOException | RuntimeException e) {
                LOG.warn("the checkpoint after change {} cannot be written; a later one will be", state.number(), e);
            }
        });
    }

    /** Ends what is being written aside; the log needs no end. */
    @Override
    public void close() {
        aside.shutdownNow();
        try {
            if (!aside.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("a checkpoint is still being written");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Random, so that servers that met do not meet again; of the order of what takes place meanwhile. */
    private static void pause(long nanos) throws InterruptedIOException {
        try {
            long longest = Math.clamp(nanos, 2, LONGEST_PAUSE_NANOS);
            TimeUnit.NANOSECONDS.sleep(ThreadLocalRandom.current().nextLong(1, longest));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server stops");
        }
    }
}
