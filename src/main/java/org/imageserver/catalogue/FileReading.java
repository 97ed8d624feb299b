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
            reading = Optional.of(read(blob, isStream, progress));
        } catch (NoSuchBlobException e) {
            return Optional.empty();
        }
        boolean isSame = storage.stat(wanted.key())
                .filter(now -> now.version().equals(wanted.version()))
                .isPresent();
        return isSame ? reading : Optional.empty();
    }

    private static FileReading read(StoredBlob blob, boolean isStream, LongConsumer progress)
            throws IOException, InterruptedException {
        Hashes hashes = new Hashes();
        if (!isStream) {
            feed(blob, hashes, null, progress);
            return new FileReading(hashes.digest(), Optional.empty());
        }
        try (StreamCheck check = new StreamCheck()) {
            feed(blob, hashes, check, progress);
            StreamFinding finding = StreamFinding.of(check.finish(), false);
            return new FileReading(hashes.digest(), Optional.of(finding));
        }
    }

    private static void feed(StoredBlob blob, Hashes hashes, @Nullable StreamCheck check, LongConsumer progress)
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
            total += read;
            progress.accept(total);
        }
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
