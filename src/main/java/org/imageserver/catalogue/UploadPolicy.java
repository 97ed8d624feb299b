package org.imageserver.catalogue;

/**
 * What the operator lets in.
 *
 * @param maxBytes of a file
 * @param streams how strictly ZFS send streams are verified
 * @param isZstdAllowed whether files may be compressed with zstd, which imgadm does not know
 */
public record UploadPolicy(long maxBytes, Streams streams, boolean isZstdAllowed) {
    /** How strictly ZFS send streams are verified. */
    public enum Streams {
        /** What is not a complete and intact stream is refused. */
        STRICT,
        /** It is let in, and the log says what is wrong. */
        WARN,
        /** Streams are not looked at. */
        OFF
    }
}
