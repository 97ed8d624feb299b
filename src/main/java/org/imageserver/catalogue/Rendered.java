package org.imageserver.catalogue;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * JSON made once and sent many times, with its entity tag. What it says never changes; where its bytes lie does: those
 * of a listed image lie in the list, once. Thread-safe.
 */
public final class Rendered {
    private final int length;
    private final byte[] digest;
    private volatile Place place;

    Rendered(byte[] bytes) {
        this.length = bytes.length;
        this.digest = Sha1.newDigest().digest(bytes);
        this.place = new Place(ByteBuffer.wrap(bytes), 0);
    }

    /** Where bytes begin in a buffer that is only to be read; behind a comma, unless it is the start of the buffer. */
    record Place(ByteBuffer buffer, int offset) {}

    /** A copy, in UTF-8. */
    public byte[] bytes() {
        Place here = place;
        byte[] copy = new byte[length];
        here.buffer().get(here.offset(), copy);
        return copy;
    }

    /** The number of bytes. */
    public int length() {
        return length;
    }

    /** Copies the bytes from an index on to the beginning of an array. */
    void copyTo(byte[] bytes, int index) {
        Place here = place;
        here.buffer().get(here.offset() + index, bytes, 0, length - index);
    }

    /** Writes the bytes at the buffer's position. */
    void writeTo(ByteBuffer buffer) {
        writeTo(buffer, length);
    }

    /** Writes the first of the bytes at the buffer's position. */
    void writeTo(ByteBuffer buffer, int first) {
        Place here = place;
        buffer.put(buffer.position(), here.buffer(), here.offset(), first).position(buffer.position() + first);
    }

    /** Where the bytes are now. */
    Place place() {
        return place;
    }

    /** Lets go of its bytes, since the same lie elsewhere. */
    void moveTo(Place same) {
        place = same;
    }

    /** Takes its bytes out of the list that it was in: whoever still holds it must not hold its neighbours too. */
    void moveOut() {
        if (place.offset() > 0) {
            place = new Place(ByteBuffer.wrap(bytes()), 0);
        }
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
