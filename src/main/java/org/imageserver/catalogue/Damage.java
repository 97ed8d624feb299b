package org.imageserver.catalogue;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.imageserver.storage.BlobInfo;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a file or an icon that is not served.
 *
 * @param path of the file
 * @param version of the bytes that were read
 * @param expected what their sha1 should be; null when that was never known
 * @param reason what is wrong with them
 * @param since when that was found (ISO 8601)
 */
public record Damage(String path, String version, @Nullable String expected, String reason, String since) {
    /** As it lies in the storage, where somebody may have edited it. */
    record Remembered(
            @Nullable String path,
            @Nullable String version,
            @Nullable String expected,
            @Nullable String reason,
            @Nullable String since) {
        /** Of one that cannot be read itself. */
        static final Remembered NOTHING = new Remembered(null, null, null, null, null);

        /** That an image is named here is what counts: it is not served, whatever else is missing. */
        Damage damage() {
            return new Damage(
                    path == null ? "" : path,
                    version == null ? "" : version,
                    expected,
                    reason == null ? "it was found to be" : reason,
                    since == null ? "" : since);
        }
    }

    /** Whether it is about these very bytes. */
    boolean isOf(BlobInfo blob) {
        return path.equals(blob.key().value()) && version.equals(blob.version());
    }

    /** What is wrong, as a sentence. */
    @JsonIgnore
    public String sentence() {
        boolean isIcon = Icons.isIconName(path.substring(path.lastIndexOf('/') + 1));
        return isIcon
                ? "The icon is damaged and not served: " + reason + ". It is served again when one is sent anew."
                : "The file is damaged and not served: " + reason + ". It is served again when a file with the right"
                        + " sha1 is there.";
    }
}
