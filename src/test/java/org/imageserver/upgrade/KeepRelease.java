package org.imageserver.upgrade;

import java.nio.file.Path;
import org.imageserver.Version;
import org.imageserver.storage.objects.TestBuckets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keeps what this version leaves, for all later ones to open; dist/keep-release runs it. */
class KeepRelease {
    @TempDir
    private Path directory;

    @Test
    void keep() throws Exception {
        Path kept = UpgradeTest.ALL.resolve(Version.current());
        Release.make(kept, directory);
        try (TestBuckets buckets = TestBuckets.start(directory.resolve("buckets"))) {
            Release.makeBucket(kept, buckets, directory);
        }
    }
}
