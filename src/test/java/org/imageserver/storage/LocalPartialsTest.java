package org.imageserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes that wait longer than a process lives; how uploads use them is asked of a running server. */
class LocalPartialsTest {
    private static final BlobKey KEY = BlobKey.parse("a/file");
    private static final int MEBIBYTE = 1 << 20;

    private final String name = UUID.randomUUID().toString();

    @TempDir
    private Path directory;

    private LocalStorage storage;

    @BeforeEach
    void open() throws IOException {
        storage = new LocalStorage(directory);
    }

    private Partials partials() {
        return storage.partials().orElseThrow();
    }

    private byte[] kept() throws IOException {
        try (InputStream in = Channels.newInputStream(partials().open(name))) {
            return in.readAllBytes();
        }
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private void write(byte[] all, int count) throws IOException {
        try (PendingBlob pending = partials().begin(KEY, name)) {
            pending.write(ByteBuffer.wrap(all, 0, count));
        }
    }

    @Test
    void closingKeepsWhatWasWrittenAndANewProcessGoesOn() throws IOException {
        byte[] all = bytes(100_000);
        write(all, 40_000);
        open();
        assertThat(partials().durable(name)).isEqualTo(40_000);
        assertThat(kept()).isEqualTo(Arrays.copyOf(all, 40_000));
        assertThat(storage.stat(KEY)).isEmpty();
        try (PendingBlob pending = partials().begin(KEY, name)) {
            // In pieces that do not end where the kept bytes end.
            for (int at = 0; at < all.length; at += 15_000) {
                pending.write(ByteBuffer.wrap(all, at, Math.min(15_000, all.length - at)));
            }
            pending.commit();
        }
        assertThat(Files.readAllBytes(directory.resolve("a/file"))).isEqualTo(all);
        assertThat(partials().durable(name)).isZero();
        assertThat(directory.resolve(".image-server/pending")).isEmptyDirectory();
    }

    /** As a crash leaves it: nobody closes anything. */
    @Test
    void whatIsFlushedWhileItIsWrittenIsKeptWithoutAClose() throws IOException {
        byte[] all = bytes(24 * MEBIBYTE);
        PendingBlob crashed = partials().begin(KEY, name);
        for (int at = 0; at < all.length; at += MEBIBYTE) {
            crashed.write(ByteBuffer.wrap(all, at, MEBIBYTE));
        }
        open();
        // The third flush waits for the second one, and may end at any moment.
        byte[] kept = kept();
        assertThat(kept).hasSizeGreaterThanOrEqualTo(16 * MEBIBYTE).isEqualTo(Arrays.copyOf(all, kept.length));
        crashed.close();
    }

    @Test
    void discardingLeavesNothing() throws IOException {
        write(bytes(10), 10);
        partials().discard(name);
        partials().discard(name);
        assertThat(partials().durable(name)).isZero();
        assertThat(directory.resolve(".image-server/pending")).isEmptyDirectory();
    }

    @Test
    void theSweepTakesWhatNobodyAskedForSinceTheStart() throws IOException {
        write(bytes(10), 10);
        assertThat(storage.sweep(Duration.ofSeconds(-1)).names()).isEmpty();
        open();
        assertThat(partials().durable(name)).isEqualTo(10);
        assertThat(storage.sweep(Duration.ofSeconds(-1)).names()).isEmpty();
        open();
        assertThat(storage.sweep(Duration.ofSeconds(-1)).names()).isEqualTo(List.of(name, name + ".mark"));
    }
}
