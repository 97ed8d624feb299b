package org.imageserver.storage.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.LocalStorage;
import org.imageserver.storage.PendingBlob;
import org.imageserver.storage.StoredBlob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever looks for damage reads the object in the store, however good this server's copy is. */
class OpenOriginalTest {
    private static final BlobKey KEY = BlobKey.parse("a/b");
    private static final int SIZE = 1_000_000;

    @TempDir
    private Path directory;

    private final MemoryObjects objects = new MemoryObjects();

    @Test
    void readsPastTheCache() throws IOException {
        Path own = Files.createDirectories(directory.resolve("own"));
        ObjectCache cache = new ObjectCache(objects, directory.resolve("cache"), 10L * SIZE);
        try (BucketStorage storage = BucketStorage.open(objects, new LocalStorage(own), cache, "test")) {
            try (PendingBlob pending = storage.begin(KEY)) {
                pending.write(ByteBuffer.wrap(new byte[SIZE]));
                pending.commit();
            }
            try (StoredBlob blob = storage.open(KEY)) {
                assertThat(bytes(blob)).isEqualTo(new byte[SIZE]);
            }
            byte[] damaged = new byte[SIZE];
            damaged[SIZE / 2] = 1;
            String name = objects.list("files/").getFirst().name();
            objects.delete(List.of(name));
            try (ObjectStore.Upload upload = objects.upload(name)) {
                ObjectStoreContract.send(upload, damaged);
                upload.finish();
            }
            try (StoredBlob copy = storage.open(KEY);
                    StoredBlob original = storage.openOriginal(KEY)) {
                assertThat(bytes(copy)).isEqualTo(new byte[SIZE]);
                assertThat(bytes(original)).isEqualTo(damaged);
                assertThat(original.info()).isEqualTo(copy.info());
            }
        }
    }

    private static byte[] bytes(StoredBlob blob) throws IOException {
        try (InputStream stream = blob.stream(0, Long.MAX_VALUE)) {
            return stream.readAllBytes();
        }
    }
}
