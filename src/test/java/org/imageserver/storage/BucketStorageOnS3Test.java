package org.imageserver.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.imageserver.storage.objects.BucketStorage;
import org.imageserver.storage.objects.ObjectCache;
import org.imageserver.storage.objects.ObjectStore;
import org.imageserver.storage.objects.S3Proxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a server of the S3 protocol, with a cache in front of it. */
class BucketStorageOnS3Test extends StorageContract {
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    @TempDir
    static Path objects;

    private static S3Proxy proxy;

    @TempDir
    Path directory;

    @BeforeAll
    static void startProxy() throws IOException {
        proxy = S3Proxy.start(objects);
    }

    @AfterAll
    static void stopProxy() {
        proxy.close();
    }

    @Override
    Storage newStorage() throws IOException {
        ObjectStore store = S3Proxy.connect(proxy.newBucket("images-" + BUCKETS.incrementAndGet()));
        return BucketStorage.open(
                store,
                new LocalStorage(directory),
                new ObjectCache(store, directory.resolve("cache"), 1L << 30),
                "test");
    }
}
