package org.imageserver.storage.objects;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/** The fake: a bucket in memory, which any number of storages in one process share. */
public final class MemoryObjects implements ObjectStore {
    private final ConcurrentSkipListMap<String, Stored> objects = new ConcurrentSkipListMap<>();
    private final ConcurrentMap<String, Unfinished> uploads = new ConcurrentHashMap<>();

    private static final class Stored {
        private final byte[] bytes;
        private final Instant modified = Instant.now();

        Stored(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        byte[] bytes() {
            return bytes;
        }

        Instant modified() {
            return modified;
        }
    }

    @Override
    public boolean create(String name, byte[] bytes) {
        return objects.putIfAbsent(name, new Stored(bytes)) == null;
    }

    @Override
    public Optional<byte[]> read(String name) {
        return Optional.ofNullable(objects.get(name))
                .map(stored -> stored.bytes().clone());
    }

    @Override
    public InputStream read(String name, long offset, long end) throws IOException {
        Stored stored = objects.get(name);
        if (stored == null) {
            throw new FileNotFoundException(name);
        }
        int to = (int) Math.min(end, stored.bytes().length);
        return new ByteArrayInputStream(stored.bytes(), (int) offset, to - (int) offset);
    }

    @Override
    public Upload upload(String name) {
        Unfinished unfinished = new Unfinished(name, UUID.randomUUID().toString(), Instant.now());
        uploads.put(unfinished.id(), unfinished);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        return new Upload() {
            @Override
            public void part(int size, Supplier<InputStream> bytes) throws IOException {
                requireBegun();
                try (InputStream part = bytes.get()) {
                    written.writeBytes(part.readNBytes(size));
                }
            }

            @Override
            public void finish() throws IOException {
                requireBegun();
                objects.put(name, new Stored(written.toByteArray()));
                uploads.remove(unfinished.id());
            }

            private void requireBegun() throws IOException {
                if (!uploads.containsKey(unfinished.id())) {
                    throw new IOException("the upload of " + name + " was given up");
                }
            }

            @Override
            public void close() {
                uploads.remove(unfinished.id());
            }
        };
    }

    @Override
    public List<Listed> list(String prefix) {
        return objects.tailMap(prefix).entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(prefix))
                .map(entry -> new Listed(
                        entry.getKey(),
                        entry.getValue().bytes().length,
                        entry.getValue().modified()))
                .toList();
    }

    @Override
    public void delete(List<String> names) {
        names.forEach(objects::remove);
    }

    @Override
    public List<Unfinished> unfinished(String prefix) {
        return uploads.values().stream()
                .filter(upload -> upload.name().startsWith(prefix))
                .toList();
    }

    @Override
    public void abort(Unfinished upload) {
        uploads.remove(upload.id());
    }

    @Override
    public Optional<String> address(String name, Duration valid) {
        return Optional.empty();
    }

    /** The bytes outlive the storages that use them. */
    @Override
    public void close() {}
}
