package org.imageserver.catalogue;

/** JSON made once and sent many times, with its entity tag. Immutable, as far as nobody writes into the bytes. */
public final class Rendered {
    private final byte[] bytes;
    private final String etag;

    Rendered(byte[] bytes) {
        this.bytes = bytes;
        this.etag = Sha1.hex(bytes);
    }

    /** UTF-8; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** The number of bytes. */
    public int length() {
        return bytes.length;
    }

    /** Entity tag, unquoted. */
    public String etag() {
        return etag;
    }
}
