package org.imageserver.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.imageserver.manifest.Defaults;
import org.imageserver.manifest.DiskManifest;
import org.imageserver.manifest.InvalidManifestException;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.NoSuchBlobException;
import org.imageserver.storage.PendingBlob;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;

/** Manifests on their way from and to the storage. Thread-safe. */
final class StoredManifest {
    /** The name of every manifest. */
    static final String NAME = "manifest.json";

    /** A manifest is about 1 KiB; tags may have 100 KiB. Anything beyond this is something else. */
    static final long MAX_BYTES = 1024 * 1024;

    private final Storage storage;
    private final String defaultOwner;
    private final boolean isPublicByDefault;

    StoredManifest(Storage storage, String defaultOwner, boolean isPublicByDefault) {
        this.storage = storage;
        this.defaultOwner = defaultOwner;
        this.isPublicByDefault = isPublicByDefault;
    }

    static BlobKey key(String uuid) {
        return BlobKey.parse(uuid + "/" + NAME);
    }

    /**
     * Reads the manifest of an image.
     *
     * @throws NoSuchBlobException when there is none
     * @throws InvalidManifestException when it is none
     */
    DiskManifest read(String uuid) throws IOException, InvalidManifestException {
        try (StoredBlob blob = storage.open(key(uuid))) {
            // Of a known size: at a start, the buffers for an unknown one would be a third of all that is collected.
            int size = (int) Math.min(blob.info().size(), MAX_BYTES);
            try (InputStream stream = blob.stream(0, size)) {
                return DiskManifest.read(
                        stream.readNBytes(size), defaults(blob.info().modified()));
            }
        }
    }

    private Defaults defaults(Instant modified) {
        return new Defaults(
                defaultOwner,
                isPublicByDefault,
                modified.truncatedTo(ChronoUnit.MILLIS).toString());
    }

    /** Writes a manifest in place of the one that is there; durable when it returns. */
    void write(DiskManifest manifest) throws IOException {
        try (PendingBlob pending = storage.begin(key(manifest.manifest().uuid()))) {
            pending.write(ByteBuffer.wrap(manifest.toBytes()));
            pending.commit();
        }
    }

    /** Writes the first manifest of an image; false when there is one already. Decides races between processes too. */
    boolean create(DiskManifest manifest) throws IOException {
        return storage.createIfAbsent(key(manifest.manifest().uuid()), manifest.toBytes());
    }

    /** Does work that decides by what is stored now; see {@link Storage#decide}. */
    <T> T decide(Storage.Decision<T> work) throws IOException {
        return storage.decide(work);
    }

    /** Takes the manifest away, which is what makes the image vanish. */
    void delete(String uuid) throws IOException {
        storage.delete(key(uuid));
    }

    /** Reads a manifest that may be gone or broken by now. */
    Optional<DiskManifest> find(String uuid) throws IOException {
        try {
            return Optional.of(read(uuid));
        } catch (NoSuchBlobException | InvalidManifestException e) {
            return Optional.empty();
        }
    }
}
