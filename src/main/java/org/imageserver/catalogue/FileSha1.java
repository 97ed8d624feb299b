package org.imageserver.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.NoSuchBlobException;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;

/** Reads a file again where it is kept, not a copy of it, to see whether its bytes are still the same. */
final class FileSha1 {
    private static final int CHUNK = 256 * 1024;

    private FileSha1() {}

    /**
     * Reads a file from start to end.
     *
     * @param progress is told the bytes read so far
     * @return its sha1 in hex; empty when it was replaced or removed meanwhile
     * @throws IOException when it cannot be read
     * @throws InterruptedException when the thread is to stop
     */
    static Optional<String> of(Storage storage, BlobInfo wanted, LongConsumer progress)
            throws IOException, InterruptedException {
        String sha1;
        try (StoredBlob blob = storage.openOriginal(wanted.key())) {
            if (!blob.info().version().equals(wanted.version())) {
                return Optional.empty();
            }
            sha1 = read(blob, progress);
        } catch (NoSuchBlobException e) {
            return Optional.empty();
        } catch (ClosedByInterruptException | InterruptedIOException e) {
            Thread.interrupted();
            throw new InterruptedException("stopped while it was reading " + wanted.key());
        }
        return isSame(storage, wanted) ? Optional.of(sha1) : Optional.empty();
    }

    /** Whether a file is still the one that is known. */
    static boolean isSame(Storage storage, BlobInfo wanted) throws IOException {
        return storage.stat(wanted.key())
                .filter(now -> now.version().equals(wanted.version()))
                .isPresent();
    }

    private static String read(StoredBlob blob, LongConsumer progress) throws IOException, InterruptedException {
        MessageDigest digest = Sha1.newDigest("SHA-1");
        byte[] chunk = new byte[CHUNK];
        long total = 0;
        try (InputStream stream = blob.stream(0, Long.MAX_VALUE)) {
            for (int read = stream.read(chunk); read >= 0; read = stream.read(chunk)) {
                digest.update(chunk, 0, read);
                total += read;
                progress.accept(total);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
