package org.imageserver.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.NoSuchBlobException;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;
import org.imageserver.zfs.StreamCheck;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file once, from start to end, for everything that is to be known of its bytes.
 *
 * @param digest of the file
 * @param stream what is in it; empty unless that was asked for
 */
record FileReading(FileDigest digest, Optional<StreamFinding> stream) {
    private static final int CHUNK = 256 * 1024;

    /** Bytes after which it is worth a look whether anybody still wants to know. */
    private static final long ASKED_EVERY = 16L * 1024 * 1024;

    /**
     * Reads a file.
     *
     * @param isStream whether to look at the ZFS stream in it
     * @param progress is told the bytes read so far
     * @return empty when the file was replaced or removed meanwhile
     * @throws IOException when it cannot be read
     * @throws InterruptedException when the server stops
     */
    static Optional<FileReading> of(Storage storage, BlobInfo wanted, boolean isStream, LongConsumer progress)
            throws IOException, InterruptedException {
        Optional<FileReading> reading;
        try (StoredBlob blob = storage.open(wanted.key())) {
            if (!blob.info().version().equals(wanted.version())) {
                return Optional.empty();
            }
            reading = read(blob, isStream, () -> isThere(storage, wanted), progress);
        } catch (NoSuchBlobException e) {
            return Optional.empty();
        }
        return isThere(storage, wanted) ? reading : Optional.empty();
    }

    private static boolean isThere(Storage storage, BlobInfo wanted) throws IOException {
        return storage.stat(wanted.key())
                .filter(now -> now.version().equals(wanted.version()))
                .isPresent();
    }

    private interface Need {
        boolean isThere() throws IOException;
    }

    private static Optional<FileReading> read(StoredBlob blob, boolean isStream, Need need, LongConsumer progress)
            throws IOException, InterruptedException {
        Hashes hashes = new Hashes();
        if (!isStream) {
            return feed(blob, hashes, null, need, progress)
                    ? Optional.of(new FileReading(hashes.digest(), Optional.empty()))
                    : Optional.empty();
        }
        try (StreamCheck check = new StreamCheck()) {
            return feed(blob, hashes, check, need, progress)
                    ? Optional.of(
                            new FileReading(hashes.digest(), Optional.of(StreamFinding.of(check.finish(), false))))
                    : Optional.empty();
        }
    }

    /** Returns whether it came to the end: of a large file that was removed, nobody needs to know anything. */
    private static boolean feed(
            StoredBlob blob, Hashes hashes, @Nullable StreamCheck check, Need need, LongConsumer progress)
            throws IOException, InterruptedException {
        InputStream stream = blob.stream(0, Long.MAX_VALUE);
        byte[] chunk = new byte[Math.clamp(blob.info().size(), 1, CHUNK)];
        long total = 0;
        for (int read = stream.read(chunk); read >= 0; read = stream.read(chunk)) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            hashes.update(chunk, read);
            if (check != null) {
                check.update(ByteBuffer.wrap(chunk, 0, read));
            }
            boolean isTimeToAsk = total / ASKED_EVERY != (total + read) / ASKED_EVERY;
            total += read;
            progress.accept(total);
            if (isTimeToAsk && !need.isThere()) {
                return false;
            }
        }
        return true;
    }

    /** All digests at once. */
    private static final class Hashes {
        private final MessageDigest md5 = Sha1.newDigest("MD5");
        private final MessageDigest sha1 = Sha1.newDigest("SHA-1");
        private final MessageDigest sha256 = Sha1.newDigest("SHA-256");

        void update(byte[] chunk, int length) {
            md5.update(chunk, 0, length);
            sha1.update(chunk, 0, length);
            sha256.update(chunk, 0, length);
        }

        FileDigest digest() {
            return new FileDigest(
                    Base64.getEncoder().encodeToString(md5.digest()),
                    HexFormat.of().formatHex(sha1.digest()),
                    HexFormat.of().formatHex(sha256.digest()));
        }
    }
}
