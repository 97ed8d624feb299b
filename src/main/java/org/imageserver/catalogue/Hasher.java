package org.imageserver.catalogue;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TransferQueue;
import java.util.function.BiConsumer;
import org.imageserver.storage.BlobInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Computes digests in the background, one file at a time, so that the disk stays free for downloads. */
final class Hasher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Hasher.class);

    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private final Digests digests;
    private final BiConsumer<BlobInfo, FileDigest> whenDone;
    private final TransferQueue<List<BlobInfo>> rounds = new LinkedTransferQueue<>();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("catalogue-hash").unstarted(this::run);

    Hasher(Digests digests, BiConsumer<BlobInfo, FileDigest> whenDone) {
        this.digests = digests;
        this.whenDone = whenDone;
    }

    void start() {
        thread.start();
    }

    /** Gives it all files that there are; those whose digests are known cost nothing. */
    void submit(List<BlobInfo> files) {
        rounds.clear();
        rounds.add(files);
    }

    private void run() {
        try {
            while (true) {
                hash(rounds.take());
            }
        } catch (InterruptedException stopped) {
            LOG.debug("hashing stopped");
        }
    }

    private void hash(List<BlobInfo> files) throws InterruptedException {
        for (BlobInfo file : files) {
            if (digests.find(file).isPresent()) {
                continue;
            }
            try {
                Optional<FileDigest> digest = digests.compute(file, bytes -> {});
                digest.ifPresent(computed -> whenDone.accept(file, computed));
            } catch (IOException e) {
                LOG.warn("cannot read {} to compute its digests", file.key(), e);
            }
            if (!rounds.isEmpty()) {
                // Newer news: files that are gone by now need no hashing.
                return;
            }
        }
        digests.save(keys(files));
    }

    private static Set<String> keys(List<BlobInfo> files) {
        Set<String> keys = new HashSet<>();
        files.forEach(file -> keys.add(file.key().value()));
        return keys;
    }

    /** Ends the work, and waits for the file that is just being read or written. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            // A server that could not listen never started it.
            thread.join(LONGEST_END.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
