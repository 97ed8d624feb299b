package org.imageserver.catalogue;

import java.util.HexFormat;

/** JSON made once and sent many times, with its entity tag. Immutable, as far as nobody writes into the bytes. */
public final class Rendered {
    private final byte[] bytes;
    private final byte[] digest;

    Rendered(byte[] bytes) {
        this.bytes = bytes;
        this.digest = Sha1.newDigest().digest(bytes);
    }

    /** UTF-8; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** The number of bytes. */
    public int length() {
        return bytes.length;
    }

    /** Identifies the bytes; not to be changed. */
    byte[] digest() {
        return digest;
    }

    /** Entity tag, unquoted. */
    public String etag() {
        return HexFormat.of().formatHex(digest);
    }
}
