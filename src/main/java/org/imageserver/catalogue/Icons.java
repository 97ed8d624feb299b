package org.imageserver.catalogue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.imageserver.catalogue.ImageException.NotFound;
import org.imageserver.catalogue.ImageException.Reason;
import org.imageserver.catalogue.ImageException.Refused;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.PendingBlob;
import org.imageserver.storage.Storage;

/** The icons of images: a file beside the manifest, named by its type. Thread-safe. */
final class Icons {
    private static final int MAX_BYTES = 128 * 1024;

    /** File names by media type; IMGAPI knows these three. */
    private static final Map<String, String> NAMES =
            new TreeMap<>(Map.of("image/jpeg", "icon.jpg", "image/gif", "icon.gif", "image/png", "icon.png"));

    private final Storage storage;

    Icons(Storage storage) {
        this.storage = storage;
    }

    /** The icon among the files of an image. */
    static Optional<BlobInfo> among(Map<String, BlobInfo> blobs) {
        return NAMES.values().stream()
                .filter(blobs::containsKey)
                .map(blobs::get)
                .findFirst();
    }

    /** Whether a file has the name of an icon. */
    static boolean isIconName(String name) {
        return NAMES.containsValue(name);
    }

    /** The media type of an icon, by the name of its file. */
    static String contentType(BlobKey icon) {
        return NAMES.entrySet().stream()
                .filter(type -> type.getValue().equals(icon.segments().getLast()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    /** An icon that is as it should be, and under which name it will be kept. */
    static final class Received {
        private final String name;
        private final byte[] bytes;

        private Received(String name, byte[] bytes) {
            this.name = name;
            this.bytes = bytes;
        }
    }

    /** Reads an icon from its sender. */
    Received receive(IconUpload upload) throws IOException {
        String name = upload.contentType()
                .map(NAMES::get)
                .orElseThrow(() -> new Refused(
                        Reason.BAD_UPLOAD,
                        "invalid content-type, " + upload.contentType().orElse("undefined")
                                + ", must be one of image/jpeg, image/gif, image/png"));
        return new Received(name, read(upload));
    }

    /** Puts an icon in place of the one that is there. */
    void put(String uuid, Received icon) throws IOException {
        try (PendingBlob pending = storage.begin(BlobKey.parse(uuid + "/" + icon.name))) {
            pending.write(ByteBuffer.wrap(icon.bytes));
            pending.commit();
        }
        deleteBut(uuid, icon.name);
    }

    private static byte[] read(IconUpload upload) throws IOException {
        if (upload.announced().orElse(0) > MAX_BYTES) {
            throw tooLarge(" " + upload.announced().getAsLong() + " (from Content-Length)");
        }
        byte[] bytes = Channels.newInputStream(upload.bytes()).readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw tooLarge("");
        }
        if (bytes.length == 0) {
            throw new Refused(Reason.BAD_UPLOAD, "icon size is 0 bytes, empty icons are not allowed");
        }
        String sha1 = Sha1.hex(bytes);
        if (upload.sha1().filter(stated -> !stated.equals(sha1)).isPresent()) {
            throw new Refused(
                    Reason.BAD_UPLOAD,
                    "\"sha1\" hash, " + upload.sha1().get() + ", does not match the uploaded icon file sha1 hash, "
                            + sha1);
        }
        return bytes;
    }

    private static Refused tooLarge(String size) {
        return new Refused(Reason.BAD_UPLOAD, "icon size" + size + " exceeds the maximum allowed size, 128 KiB");
    }

    /** Removes the icon of an image. */
    void delete(String uuid) throws IOException {
        if (!deleteBut(uuid, "")) {
            throw new NotFound("image \"" + uuid + "\" has no icon");
        }
    }

    /** Removes what is left of icons when the image itself is gone. */
    void deleteAny(String uuid) throws IOException {
        deleteBut(uuid, "");
    }

    private boolean deleteBut(String uuid, String kept) throws IOException {
        boolean isAnyDeleted = false;
        for (String name : NAMES.values()) {
            if (!name.equals(kept)) {
                isAnyDeleted |= storage.delete(BlobKey.parse(uuid + "/" + name));
            }
        }
        return isAnyDeleted;
    }
}
