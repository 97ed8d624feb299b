package org.imageserver.catalogue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.imageserver.auth.Principal;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.NoSuchBlobException;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;

/** The way from an image of a snapshot to its bytes, which are those that the snapshot knows, or none. Thread-safe. */
public final class ImageFiles {
    private static final String FILE_TYPE = "application/octet-stream";

    private final Storage storage;
    private final Digests digests;
    private final Quarantine quarantine;
    private final Supplier<Snapshot> newest;
    private final Consumer<String> readAgainSoon;
    private final Consumer<String> suspicion;

    /** Files whose name leads to another copy of the same bytes by now, or in a moment: by key, that copy's version. */
    private final Map<BlobKey, String> swaps = new ConcurrentHashMap<>();

    /**
     * Makes the way.
     *
     * @param readAgainSoon is told of an image that is not what the snapshot says
     * @param suspicion is told of an image whose file turned out to be damaged
     */
    ImageFiles(
            Storage storage,
            Digests digests,
            Quarantine quarantine,
            Supplier<Snapshot> newest,
            Consumer<String> readAgainSoon,
            Consumer<String> suspicion) {
        this.storage = storage;
        this.digests = digests;
        this.quarantine = quarantine;
        this.newest = newest;
        this.readAgainSoon = readAgainSoon;
        this.suspicion = suspicion;
    }

    /** From now on the bytes of another file, which are the same, may be met under this name. */
    void expect(BlobKey name, BlobInfo other) {
        // Kept, since whoever has an older snapshot opens it later.
        swaps.put(name, other.version());
    }

    /** Forgets what was expected of all but these names. */
    void retain(Set<String> names) {
        swaps.keySet().removeIf(key -> !names.contains(key.value()));
    }

    /**
     * Opens the file of an image.
     *
     * @throws ImageException.NotFound when this principal sees no such image, or it has no file of that index
     * @throws ImageException.FileUnavailable when the file is damaged, or not what the snapshot knows
     * @throws IOException when it cannot be read
     */
    public OpenFile open(Snapshot snapshot, Principal principal, String uuid, int index) throws IOException {
        Image image = snapshot.image(uuid, principal);
        Image.File file = image.file()
                .filter(only -> index == 0)
                .orElseThrow(() -> new ImageException.NotFound(
                        image.file().isPresent()
                                ? "image \"" + uuid + "\" has no file at index " + index
                                : "image \"" + uuid + "\" has no file"));
        if (image.offer() != null) {
            // It may have come meanwhile.
            Snapshot now = newest.get();
            return now.own(uuid).isPresent()
                    ? open(now, principal, uuid, index)
                    : new OpenFile(
                            image.offer().open(image),
                            FILE_TYPE,
                            file.sha1().orElseThrow(),
                            Optional.empty(),
                            Optional.of(uuid));
        }
        return openOwn(snapshot, principal, uuid, file);
    }

    private OpenFile openOwn(Snapshot snapshot, Principal principal, String uuid, Image.File file) throws IOException {
        refuseIfDamaged(uuid, Part.FILE);
        Optional<FileDigest> digest = digests.find(file.blob());
        // Once computed, not the manifest's word but the truth: other bytes must have another tag.
        String etag = digest.map(FileDigest::sha1).or(file::sha1).orElseGet(() -> versionTag(file.blob()));
        try {
            return new OpenFile(
                    open(uuid, file.blob()),
                    FILE_TYPE,
                    etag,
                    digest.map(FileDigest::md5),
                    Optional.of(uuid),
                    () -> suspicion.accept(uuid));
        } catch (ImageException.FileUnavailable e) {
            Snapshot now = newest.get();
            if (now != snapshot && now.find(uuid).filter(Image::isOffered).isPresent()) {
                // It had to make room, and is to be had from where it came.
                return open(now, principal, uuid, 0);
            }
            throw e;
        }
    }

    private void refuseIfDamaged(String uuid, Part part) {
        Optional<Damage> damage = quarantine.find(uuid, part);
        if (damage.isPresent()) {
            String what = part == Part.ICON ? "the icon of image " : "image ";
            throw new ImageException.FileUnavailable(what + uuid + " cannot be had at the moment. "
                    + damage.get().sentence());
        }
    }

    /**
     * Opens the icon of an image.
     *
     * @throws ImageException.NotFound when this principal sees no such image, or it has no icon
     * @throws ImageException.FileUnavailable when the icon is damaged, or not what the snapshot knows
     * @throws IOException when it cannot be read
     */
    public OpenFile openIcon(Snapshot snapshot, Principal principal, String uuid) throws IOException {
        BlobInfo icon = snapshot.image(uuid, principal)
                .icon()
                .orElseThrow(() -> new ImageException.NotFound("image \"" + uuid + "\" has no icon"));
        refuseIfDamaged(uuid, Part.ICON);
        String type = Icons.contentType(icon.key());
        return new OpenFile(
                open(uuid, icon), type, versionTag(icon), digests.find(icon).map(FileDigest::md5), Optional.empty());
    }

    private static String versionTag(BlobInfo blob) {
        return Sha1.hex(blob.version().getBytes(StandardCharsets.UTF_8));
    }

    private StoredBlob open(String uuid, BlobInfo wanted) throws IOException {
        StoredBlob blob;
        try {
            blob = storage.open(wanted.key());
        } catch (NoSuchBlobException e) {
            throw unavailable(uuid, wanted, "is gone");
        } catch (IOException e) {
            throw Failures.named(e, "the storage is full");
        }
        String version = blob.info().version();
        if (!version.equals(wanted.version()) && !version.equals(swaps.get(wanted.key()))) {
            blob.close();
            throw unavailable(uuid, wanted, "has just been changed");
        }
        return blob;
    }

    private ImageException unavailable(String uuid, BlobInfo blob, String what) {
        readAgainSoon.accept(uuid);
        return new ImageException.FileUnavailable(
                "the file " + blob.key() + " of image " + uuid + " " + what + "; try again in a moment");
    }
}
