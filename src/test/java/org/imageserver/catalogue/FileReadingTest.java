package org.imageserver.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.LocalStorage;
import org.imageserver.storage.PendingBlob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileReadingTest {
    private static final int SIZE = 40 * 1024 * 1024;
    private static final BlobKey KEY = BlobKey.parse("image/file");

    @TempDir
    Path directory;

    @Test
    void readsALargeFileToItsEnd() throws Exception {
        LocalStorage storage = new LocalStorage(directory);
        AtomicLong last = new AtomicLong();

        assertThat(FileReading.of(storage, write(storage), false, last::set)).isPresent();
        assertThat(last).hasValue(SIZE);
    }

    @Test
    void leavesALargeFileThatWasRemovedMeanwhile() throws Exception {
        LocalStorage storage = new LocalStorage(directory);
        BlobInfo blob = write(storage);
        AtomicLong last = new AtomicLong();

        assertThat(FileReading.of(storage, blob, false, read -> {
                    if (last.getAndSet(read) == 0) {
                        delete(storage);
                    }
                }))
                .isEmpty();
        assertThat(last).hasPositiveValue().hasValueLessThan(SIZE);
    }

    private static BlobInfo write(LocalStorage storage) throws IOException {
        try (PendingBlob pending = storage.begin(KEY)) {
            pending.write(ByteBuffer.allocate(SIZE));
            return pending.commit();
        }
    }

    private static void delete(LocalStorage storage) {
        try {
            storage.delete(KEY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
