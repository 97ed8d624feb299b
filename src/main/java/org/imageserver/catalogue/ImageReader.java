package org.imageserver.catalogue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.imageserver.manifest.DiskManifest;
import org.imageserver.manifest.ImageFile;
import org.imageserver.manifest.InvalidManifestException;
import org.imageserver.manifest.Manifest;
import org.imageserver.manifest.ManifestJson;
import org.imageserver.storage.BlobInfo;
import org.imageserver.zfs.Guid;
import org.jspecify.annotations.Nullable;

/**
 * Makes an {@link Image} of what lies in one directory: the manifest decides, and only if what it says of the file is
 * true.
 */
final class ImageReader {
    /** The name of the file when the manifest names none (the old server's IMGAPI variant). */
    static final String DEFAULT_FILE = "file";

    /** Without a stated size, only rest tells a whole file from one that is still being copied. */
    private static final Duration REST = Duration.ofSeconds(5);

    private final StoredManifest manifests;
    private final Digests digests;
    private final ConfiguredChannels channels;

    ImageReader(StoredManifest manifests, Digests digests, ConfiguredChannels channels) {
        this.manifests = manifests;
        this.digests = digests;
        this.channels = channels;
    }

    /** Why a directory gives no image. */
    static final class NotAnImage extends Exception {
        private final boolean isTemporary;

        NotAnImage(String reason) {
            this(reason, false);
        }

        private NotAnImage(String reason, boolean isTemporary) {
            super(reason, null, false, false);
            this.isTemporary = isTemporary;
        }

        /** Whether it may become an image although nothing in the directory changes. */
        boolean isTemporary() {
            return isTemporary;
        }
    }

    /**
     * Reads one directory.
     *
     * @param uuid its name
     * @param blobs what is in it, by file name
     * @throws NotAnImage saying what is wrong and what to do
     * @throws IOException when the manifest cannot be read
     */
    Image read(String uuid, Map<String, BlobInfo> blobs) throws NotAnImage, IOException {
        BlobInfo manifest = blobs.get(StoredManifest.NAME);
        if (manifest != null && manifest.size() > StoredManifest.MAX_BYTES) {
            throw new NotAnImage("the manifest has " + manifest.size() + " bytes, more than the "
                    + StoredManifest.MAX_BYTES + " allowed");
        }
        try {
            return image(uuid, manifests.read(uuid), blobs);
        } catch (InvalidManifestException e) {
            throw new NotAnImage(String.valueOf(e.getMessage()));
        }
    }

    private Image image(String uuid, DiskManifest disk, Map<String, BlobInfo> blobs) throws NotAnImage {
        Manifest manifest = disk.manifest();
        if (!manifest.uuid().equals(uuid)) {
            throw new NotAnImage("the manifest is of image " + manifest.uuid() + ", but the directory is named " + uuid
                    + "; rename one of them");
        }
        Optional<Image.File> file = file(disk, blobs);
        Optional<BlobInfo> icon = Icons.among(blobs);
        return image(
                Presentation.of(manifest, file, icon.isPresent()), channels.of(manifest), v1(disk), file, icon, null);
    }

    /** The image that a manifest is about. */
    static Image image(
            Manifest shown,
            ChannelSet channels,
            Optional<Rendered> v1,
            Optional<Image.File> file,
            Optional<BlobInfo> icon,
            @Nullable Offer offer) {
        byte[] json = channels.addedTo(shown.toBytes());
        return new Image(
                shown.uuid(),
                shown.owner().intern(),
                shown.name().intern(),
                shown.version(),
                shown.state(),
                shown.isPublic(),
                Set.copyOf(shown.acl()),
                shown.publishedInstant(),
                orEmpty(shown.type()),
                orEmpty(shown.os()),
                orEmpty(shown.brand()),
                Optional.ofNullable(shown.origin()),
                interned(shown.tags()),
                Set.copyOf(shown.billingTags()),
                channels,
                new Rendered(json),
                Description.indexIn(json),
                v1,
                file,
                icon,
                offer);
    }

    private Optional<Image.File> file(DiskManifest disk, Map<String, BlobInfo> blobs) throws NotAnImage {
        Optional<ImageFile> said = disk.manifest().file();
        if (said.isEmpty()) {
            return Optional.empty();
        }
        String name = disk.path() == null ? DEFAULT_FILE : disk.path();
        BlobInfo blob = blobs.get(name);
        if (blob == null) {
            throw new NotAnImage("there is no file \"" + name + "\" beside the manifest"
                    + (disk.path() == null ? "; name it \"file\", or say its name in files[0].path" : ""));
        }
        Long size = said.get().size();
        if (size != null && size != blob.size()) {
            throw new NotAnImage("the file \"" + name + "\" has " + blob.size() + " bytes, but the manifest says "
                    + size + (blob.size() < size ? " (is it still being copied?)" : ""));
        }
        if (size == null && isStillBeingWritten(blob)) {
            throw new NotAnImage(
                    "the file \"" + name + "\" was written a moment ago and the manifest does not say its"
                            + " size; it is served when it has been at rest for " + REST.toSeconds() + " s",
                    true);
        }
        Optional<String> computed = digests.find(blob).map(FileDigest::sha1);
        return Optional.of(new Image.File(
                blob,
                Optional.ofNullable(said.get().sha1()).or(() -> computed),
                disk.path(),
                Guid.find(said.get().datasetGuid()).orElse(null)));
    }

    /** A time in the future (the clock was set back) says nothing, so it does not hold an image up. */
    private static boolean isStillBeingWritten(BlobInfo blob) {
        Instant now = Instant.now();
        return blob.modified().isAfter(now.minus(REST)) && !blob.modified().isAfter(now);
    }

    private static Optional<Rendered> v1(DiskManifest disk) {
        return Optional.ofNullable(disk.v1()).map(ManifestJson::toBytes).map(Rendered::new);
    }

    /** Images say the same things of themselves: at 10,000 of them it is worth keeping each but once. */
    private static Map<String, String> interned(Map<String, String> tags) {
        Map<String, String> interned = HashMap.newHashMap(tags.size());
        tags.forEach((key, value) -> interned.put(key.intern(), value.intern()));
        return Map.copyOf(interned);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text.intern();
    }
}
