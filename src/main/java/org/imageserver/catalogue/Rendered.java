package org.imageserver.catalogue;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * JSON made once and sent many times, with its entity tag. What it says never changes; where its bytes lie does: those
 * of a listed image lie in the list, once. Thread-safe.
 */
public final class Rendered {
    private final byte[] digest;
    private volatile ByteBuffer bytes;

    Rendered(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
        this.digest = Sha1.newDigest().digest(bytes);
    }

    /** A copy, in UTF-8. */
    public byte[] bytes() {
        ByteBuffer here = bytes;
        byte[] copy = new byte[here.capacity()];
        here.get(0, copy);
        return copy;
    }

    /** The number of bytes. */
    public int length() {
        return bytes.capacity();
    }

    /** Writes the bytes at the buffer's position. */
    void writeTo(ByteBuffer buffer) {
        buffer.put(bytes.duplicate().clear());
    }

    /** Lets go of its bytes, since the same lie elsewhere. */
    void moveTo(ByteBuffer same) {
        bytes = same;
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
