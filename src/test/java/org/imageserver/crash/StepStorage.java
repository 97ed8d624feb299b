package org.imageserver.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.PendingBlob;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;

/** A storage that tells of each step which changes it, before and after: where a fault is put. Thread-safe if told is. */
final class StepStorage implements Storage {
    private final Storage storage;
    private final Fault fault;

    StepStorage(Storage storage, Fault fault) {
        this.storage = storage;
        this.fault = fault;
    }

    /** Something that may go wrong at a step; counts as it likes. */
    interface Fault {
        /** A step is about to be taken: begin, write, commit, createIfAbsent or delete. */
        void before(String step) throws IOException;

        /** The step has been taken, but nobody knows yet. */
        void after(String step) throws IOException;
    }

    private interface Step<T> {
        T take() throws IOException;
    }

    private <T> T step(String name, Step<T> step) throws IOException {
        fault.before(name);
        T result = step.take();
        fault.after(name);
        return result;
    }

    @Override
    public StoredBlob open(BlobKey key) throws IOException {
        return storage.open(key);
    }

    @Override
    public Optional<BlobInfo> stat(BlobKey key) throws IOException {
        return storage.stat(key);
    }

    @Override
    public List<BlobInfo> list(String prefix) throws IOException {
        return storage.list(prefix);
    }

    @Override
    public boolean delete(BlobKey key) throws IOException {
        return step("delete", () -> storage.delete(key));
    }

    @Override
    public PendingBlob begin(BlobKey key) throws IOException {
        fault.before("begin");
        PendingBlob pending = storage.begin(key);
        try {
            fault.after("begin");
        } catch (IOException e) {
            pending.close();
            throw e;
        }
        return new StepPending(pending);
    }

    @Override
    public boolean createIfAbsent(BlobKey key, byte[] bytes) throws IOException {
        return step("createIfAbsent", () -> storage.createIfAbsent(key, bytes));
    }

    @Override
    public long usableBytes() throws IOException {
        return storage.usableBytes();
    }

    @Override
    public void close() {
        storage.close();
    }

    private final class StepPending implements PendingBlob {
        private final PendingBlob pending;

        private StepPending(PendingBlob pending) {
            this.pending = pending;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            return step("write", () -> pending.write(source));
        }

        @Override
        public BlobInfo commit() throws IOException {
            return step("commit", pending::commit);
        }

        @Override
        public boolean isOpen() {
            return pending.isOpen();
        }

        @Override
        public void close() throws IOException {
            pending.close();
        }
    }
}
