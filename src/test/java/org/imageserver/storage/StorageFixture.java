package org.imageserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A storage for each test, and the few steps that tests of it are made of. */
abstract class StorageFixture {
    static final BlobKey KEY = BlobKey.parse("image/manifest.json");

    protected Storage storage;

    /** An empty storage. */
    abstract Storage newStorage() throws IOException;

    @BeforeEach
    void openStorage() throws IOException {
        storage = newStorage();
    }

    @AfterEach
    void closeStorage() {
        storage.close();
    }

    BlobInfo write(BlobKey key, byte[] bytes) throws IOException {
        try (PendingBlob pending = storage.begin(key)) {
            pending.write(ByteBuffer.wrap(bytes));
            return pending.commit();
        }
    }

    byte[] read(BlobKey key) throws IOException {
        try (StoredBlob blob = storage.open(key)) {
            byte[] bytes = readAll(blob);
            assertThat(bytes.length).isEqualTo(blob.info().size());
            return bytes;
        }
    }

    List<String> listed(String prefix) throws IOException {
        return storage.list(prefix).stream().map(info -> info.key().value()).toList();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static <T> List<T> together(List<Callable<T>> tasks) throws Exception {
        CyclicBarrier start = new CyclicBarrier(tasks.size());
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
            List<Future<T>> futures = tasks.stream()
                    .map(task -> threads.submit(() -> {
                        start.await();
                        return task.call();
                    }))
                    .toList();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
        }
        return results;
    }

    static byte[] readAll(StoredBlob blob) throws IOException {
        return range(blob, 0, Long.MAX_VALUE);
    }

    static byte[] range(StoredBlob blob, long offset, long length) throws IOException {
        try (InputStream stream = blob.stream(offset, length)) {
            return stream.readAllBytes();
        }
    }

    static List<BlobKey> keys(String... values) {
        return Arrays.stream(values).map(BlobKey::parse).toList();
    }

    static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    static byte[] filled(int size, int value) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
