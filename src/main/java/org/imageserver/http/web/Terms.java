package org.imageserver.http.web;

import org.imageserver.config.Settings;

/**
 * What the operator decided about images, as whoever publishes has to know it.
 *
 * @param isPrivate whether images are private here; else they are public
 * @param isZstdAllowed whether files may be compressed with zstd
 * @param areStreamsChecked whether a file that is no intact ZFS stream is refused
 * @param largest the largest file in words, {@code 20.0 GiB}
 */
record Terms(boolean isPrivate, boolean isZstdAllowed, boolean areStreamsChecked, String largest) {
    static Terms of(Settings settings) {
        Settings.Publishing publishing = settings.publishing();
        return new Terms(
                settings.mode() == Settings.Mode.PRIVATE,
                publishing.isZstdAllowed(),
                publishing.verifyStreams() == Settings.Verify.STRICT,
                Wording.size(publishing.maxFileBytes()));
    }

    /** The compressions that imgadm can read, and zstd where it is let in. */
    String compressions() {
        return isZstdAllowed ? "gzip, bzip2, xz or zstd" : "gzip, bzip2 or xz";
    }
}
