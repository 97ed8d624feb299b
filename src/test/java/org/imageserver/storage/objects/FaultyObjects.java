package org.imageserver.storage.objects;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A store on which things go wrong as planned, with the same exceptions as over a line that is bad. Thread-safe if the
 * plan is.
 */
public class FaultyObjects implements ObjectStore {
    private final ObjectStore store;
    private volatile Plan plan;

    /** What happens to an operation. */
    public enum Fault {
        NONE,

        /** The store is down; it does nothing. */
        REFUSED,

        /** The store does it, and the answer gets lost. */
        LOST,

        /** The store takes its time. */
        SLOW,

        /** A stream breaks after half of its bytes; other operations are refused. */
        CUT
    }

    /** Says what happens. */
    @FunctionalInterface
    public interface Plan {
        /** Nothing goes wrong. */
        Plan NONE = (operation, name) -> Fault.NONE;

        /** What happens to this operation (create, read, stream, part, finish, list or delete) on this object. */
        Fault at(String operation, String name);

        /** Things go wrong at random with this share of all operations. */
        static Plan random(long seed, double share) {
            Random random = new Random(seed);
            Fault[] faults = {Fault.REFUSED, Fault.LOST, Fault.SLOW, Fault.CUT};
            return (operation, name) -> {
                synchronized (random) {
                    return random.nextDouble() < share ? faults[random.nextInt(faults.length)] : Fault.NONE;
                }
            };
        }
    }

    /** Wraps a store; nothing goes wrong yet. */
    public FaultyObjects(ObjectStore store) {
        this(store, Plan.NONE);
    }

    /** Wraps a store. */
    public FaultyObjects(ObjectStore store, Plan plan) {
        this.store = store;
        this.plan = plan;
    }

    /** What happens from now on. */
    public void plan(Plan now) {
        plan = now;
    }

    private interface Operation<T> {
        T run() throws IOException;
    }

    private <T> T run(String operation, String name, Operation<T> work) throws IOException {
        Fault fault = plan.at(operation, name);
        switch (fault) {
            case REFUSED, CUT -> throw down(operation, name, fault);
            case SLOW -> LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            case NONE, LOST -> {}
        }
        T result = work.run();
        if (fault == Fault.LOST) {
            throw down(operation, name, fault);
        }
        return result;
    }

    private static StoreDownException down(String operation, String name, Fault fault) {
        return new StoreDownException("cannot " + operation + " " + name, new IOException(fault.name()));
    }

    @Override
    public boolean create(String name, byte[] bytes) throws IOException {
        return run("create", name, () -> store.create(name, bytes));
    }

    @Override
    public Optional<byte[]> read(String name) throws IOException {
        return run("read", name, () -> store.read(name));
    }

    @Override
    public InputStream read(String name, long offset, long end) throws IOException {
        Fault fault = plan.at("stream", name);
        if (fault == Fault.REFUSED || fault == Fault.LOST) {
            throw down("stream", name, fault);
        }
        InputStream whole = store.read(name, offset, end);
        return fault == Fault.CUT ? new Cut(whole, (end - offset) / 2, name) : whole;
    }

    @Override
    public Upload upload(String name) {
        Upload upload = store.upload(name);
        return new Upload() {
            @Override
            public void part(int size, Supplier<InputStream> bytes) throws IOException {
                FaultyObjects.this.run("part", name, () -> {
                    upload.part(size, bytes);
                    return name;
                });
            }

            @Override
            public void finish() throws IOException {
                FaultyObjects.this.run("finish", name, () -> {
                    upload.finish();
                    return name;
                });
            }

            @Override
            public void close() {
                upload.close();
            }
        };
    }

    @Override
    public List<Listed> list(String prefix) throws IOException {
        return run("list", prefix, () -> store.list(prefix));
    }

    @Override
    public void delete(List<String> names) throws IOException {
        run("delete", String.join(" ", names), () -> {
            store.delete(names);
            return names;
        });
    }

    @Override
    public List<Unfinished> unfinished(String prefix) throws IOException {
        return run("list", prefix, () -> store.unfinished(prefix));
    }

    @Override
    public void abort(Unfinished upload) throws IOException {
        run("delete", upload.name(), () -> {
            store.abort(upload);
            return upload;
        });
    }

    @Override
    public Optional<String> address(String name, Duration valid) {
        return store.address(name, valid);
    }

    @Override
    public void close() {
        store.close();
    }

    private static final class Cut extends FilterInputStream {
        private final String name;
        private long left;

        Cut(InputStream whole, long left, String name) {
            super(whole);
            this.left = left;
            this.name = name;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (left == 0) {
                throw new StoreDownException("the store broke off in " + name, new IOException("CUT"));
            }
            int read = super.read(to, offset, (int) Math.min(length, left));
            left -= Math.max(read, 0);
            return read;
        }
    }
}
