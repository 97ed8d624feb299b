package org.imageserver.storage.objects;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.imageserver.storage.OvertakenException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The changes of all servers, in one order: {@code log/N} is made by whoever creates it, and creating what must not
 * exist has one winner. What is in memory is a fold over it, so nothing that was seen is ever unseen. Thread-safe.
 */
final class ChangeLog {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeLog.class);

    /** Over so many changes a start is a matter of a second. */
    private static final int CHECKPOINT_EVERY = 256;

    /** How long a change of unknown outcome is asked about before its sender is told that it is unknown. */
    private static final long LONGEST_DOUBT_NANOS = 20_000_000_000L;

    private static final int LONGEST_PAUSE_MILLIS = 200;

    private final ObjectStore store;
    private final Namespace namespace = new Namespace();
    private final Checkpoints checkpoints;
    private final News news = new News();
    private final ReentrantLock lock = new ReentrantLock(true);

    /** The scope of a decision, on the thread that decides. Not static: each log has its own decisions. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable Scope> scope = new ThreadLocal<>();

    private volatile long head;

    ChangeLog(ObjectStore store) {
        this.store = store;
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

    /** Takes up what other servers have changed: one small request when they have not. */
    void catchUp() throws IOException {
        lock.lock();
        try {
            while (takeNext()) {
                // The next one may be there, too.
            }
        } finally {
            lock.unlock();
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
            catchUp();
            scope.set(new Scope(head));
            try {
                return work.run();
            } catch (OvertakenException e) {
                LOG.debug("overtaken by another server; deciding again", e);
                pause();
            } finally {
                scope.remove();
            }
        }
    }

    /**
     * Adds a change; durable, and in force here, when it returns.
     *
     * @return false when there was nothing to change
     * @throws OvertakenException within {@link #decide}, when another server was first
     * @throws IOException when the store fails; the change may have taken place then, or may still do so, whole
     */
    boolean append(Decision decision) throws IOException {
        lock.lock();
        try {
            Scope deciding = scope.get();
            while (true) {
                if (deciding != null && !deciding.isDecided && deciding.head != head) {
                    throw new OvertakenException("change " + head + " came first");
                }
                Optional<Change> change = decision.decide(namespace);
                if (change.isEmpty()) {
                    return false;
                }
                if (add(change.get())) {
                    if (deciding != null) {
                        deciding.isDecided = true;
                    }
                    writeCheckpointNowAndThen();
                    return true;
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
                if (store.create(name, bytes)) {
                    apply(change);
                    return true;
                }
                // It may be our own, whose answer was lost; only the log knows.
                Change there = ChangeJson.read(
                        name,
                        store.read(name)
                                .orElseThrow(() -> new IOException(name + " exists in the object store and"
                                        + " cannot be read: something else removes objects there")));
                apply(there);
                return there.id().equals(change.id());
            } catch (StoreDownException e) {
                // Whether it was made is not known, and no other number may be tried before it is.
                if (System.nanoTime() - begun > LONGEST_DOUBT_NANOS) {
                    throw e;
                }
                pause();
            }
        }
    }

    private void writeCheckpointNowAndThen() {
        if (head % CHECKPOINT_EVERY == 0) {
            writeCheckpoint();
        }
    }

    /** Without it, starts take longer, and nothing else. */
    private void writeCheckpoint() {
        try {
            checkpoints.write(head, namespace);
        } catch (IOException e) {
            LOG.warn("the checkpoint after change {} cannot be written; a later one will be", head, e);
        }
    }

    /** Random, so that servers that met do not meet again. */
    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(1, LONGEST_PAUSE_MILLIS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server stops");
        }
    }
}
