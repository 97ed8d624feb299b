package org.imageserver.storage.objects;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.imageserver.storage.LocalStorage;

/** Storages on an object store, as several servers open them. */
public final class TestStorages {
    /** Shorter than a server's, for tests of what comes after it. */
    public static final Duration DOUBT = Duration.ofMillis(300);

    private TestStorages() {}

    /** One that has the directory for itself, and no cache. */
    public static BucketStorage open(ObjectStore store, Path directory) throws IOException {
        Files.createDirectories(directory);
        return BucketStorage.open(
                store,
                new LocalStorage(directory),
                new ObjectCache(store, directory.resolve("cache"), 0),
                String.valueOf(directory.getFileName()),
                DOUBT);
    }

    /** Writes down all names as they are now, as servers do after some hundred changes. */
    public static void checkpoint(ObjectStore store) throws IOException {
        try (ChangeLog log = new ChangeLog(store, DOUBT)) {
            log.open();
            new Checkpoints(store).write(Checkpoints.State.of(log.head(), log.namespace()));
        }
    }
}
