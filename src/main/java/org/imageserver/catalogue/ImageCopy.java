package org.imageserver.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.Checksums;
import org.imageserver.storage.PendingBlob;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;

/**
 * Copies images from one storage to another while both are in use: origins first, of each image the bytes first and the
 * manifest last, and nothing that is there already. What was broken off goes on with the next file when it is called
 * again. Used by one thread.
 */
public final class ImageCopy implements AutoCloseable {
    private static final int CHUNK = 512 * 1024;

    private final Storage from;
    private final Storage to;
    private final Catalogue source;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);

    /**
     * Reads which images there are.
     *
     * @throws IOException when the source cannot be read
     */
    public ImageCopy(Storage from, Storage to, CatalogueSettings settings) throws IOException {
        this.from = from;
        this.to = to;
        this.source = new Catalogue(from, settings);
        source.rescan();
    }

    /** What has become of an image. */
    public enum Result {
        COPIED,
        THERE_ALREADY,

        /** Its manifest was another one, and is as in the source now. */
        UPDATED
    }

    /** All images, each after the one that it builds on. */
    public List<Image> images() {
        Snapshot snapshot = source.snapshot();
        List<Image> ordered = new ArrayList<>(snapshot.images().size());
        Set<String> seen = new HashSet<>();
        for (Image image : snapshot.images()) {
            List<Image> chain = new ArrayList<>();
            for (Optional<Image> next = Optional.of(image);
                    next.isPresent() && seen.add(next.get().uuid()); ) {
                chain.add(next.get());
                next = next.get().origin().flatMap(snapshot::find);
            }
            ordered.addAll(chain.reversed());
        }
        return ordered;
    }

    /** The size of all their files, in bytes. */
    public long bytes() {
        return source.snapshot().images().stream()
                .flatMap(Image::blobs)
                .mapToLong(BlobInfo::size)
                .sum();
    }

    /** What is wrong in the source, and so is not copied. */
    public List<Problem> problems() {
        return source.snapshot().problems();
    }

    /**
     * Copies an image.
     *
     * @param progress is told of each number of bytes that were copied or found to be there
     * @throws IOException when a storage fails, or when the bytes are not those that the manifest is about; nothing is
     *     visible then
     */
    public Result copy(Image image, LongConsumer progress) throws IOException {
        for (BlobInfo blob : image.blobs().toList()) {
            Optional<String> sha1 =
                    image.file().filter(file -> file.blob().equals(blob)).flatMap(Image.File::sha1);
            if (!isThere(blob, sha1)) {
                copy(blob, sha1, progress);
            } else {
                progress.accept(blob.size());
            }
        }
        return copyManifest(StoredManifest.key(image.uuid()));
    }

    private boolean isThere(BlobInfo blob, Optional<String> sha1) throws IOException {
        Optional<BlobInfo> there = to.stat(blob.key()).filter(its -> its.size() == blob.size());
        if (there.isEmpty()) {
            return false;
        }
        String wanted = sha1.isPresent() ? sha1.get() : sha1(from, blob.key());
        Optional<Checksums> known = to.checksums(there.get());
        return wanted.equals(known.isPresent() ? known.get().sha1() : sha1(to, blob.key()));
    }

    private String sha1(Storage storage, BlobKey key) throws IOException {
        MessageDigest digest = Sha1.newDigest("SHA-1");
        try (StoredBlob blob = storage.open(key);
                InputStream stream = blob.stream(0, Long.MAX_VALUE)) {
            byte[] bytes = new byte[CHUNK];
            for (int read = stream.read(bytes); read >= 0; read = stream.read(bytes)) {
                digest.update(bytes, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private void copy(BlobInfo wanted, Optional<String> sha1, LongConsumer progress) throws IOException {
        MessageDigest digest = Sha1.newDigest("SHA-1");
        try (StoredBlob blob = from.open(wanted.key());
                InputStream stream = blob.stream(0, Long.MAX_VALUE);
                PendingBlob pending = to.begin(wanted.key())) {
            byte[] bytes = new byte[CHUNK];
            for (int read = stream.read(bytes); read >= 0; read = stream.read(bytes)) {
                digest.update(bytes, 0, read);
                pending.write(chunk.clear().put(bytes, 0, read).flip());
                progress.accept(read);
            }
            String copied = HexFormat.of().formatHex(digest.digest());
            if (sha1.isPresent() && !sha1.get().equals(copied)) {
                throw new IOException(wanted.key() + " is damaged in the source: its sha1 is " + copied
                        + ", but the manifest says " + sha1.get() + "; it was not copied");
            }
            pending.commit();
        }
    }

    private Result copyManifest(BlobKey key) throws IOException {
        byte[] wanted = read(from, key);
        if (to.createIfAbsent(key, wanted)) {
            return Result.COPIED;
        }
        if (Arrays.equals(read(to, key), wanted)) {
            return Result.THERE_ALREADY;
        }
        try (PendingBlob pending = to.begin(key)) {
            pending.write(ByteBuffer.wrap(wanted));
            pending.commit();
        }
        return Result.UPDATED;
    }

    private static byte[] read(Storage storage, BlobKey key) throws IOException {
        try (StoredBlob blob = storage.open(key);
                InputStream stream = blob.stream(0, StoredManifest.MAX_BYTES)) {
            return stream.readAllBytes();
        }
    }

    /** The storages stay open. */
    @Override
    public void close() {
        source.close();
    }
}
