package org.imageserver.storage;

import java.io.IOException;
import java.nio.file.Path;
import org.imageserver.storage.objects.BucketStorage;
import org.imageserver.storage.objects.MemoryObjects;
import org.imageserver.storage.objects.ObjectCache;
import org.junit.jupiter.api.io.TempDir;

class BucketStorageTest extends StorageContract {
    @TempDir
    Path directory;

    @Override
    Storage newStorage() throws IOException {
        MemoryObjects objects = new MemoryObjects();
        return BucketStorage.open(
                objects, new LocalStorage(directory), new ObjectCache(objects, directory.resolve("cache"), 0), "test");
    }
}
