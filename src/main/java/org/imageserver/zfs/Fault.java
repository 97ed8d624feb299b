package org.imageserver.zfs;

/** The ways in which bytes fail to be one complete, intact send stream. */
public enum Fault {
    /** There are no bytes, or the compressed file holds none. */
    EMPTY,
    /** The first bytes are something else: text, a web page, an archive. */
    NOT_A_STREAM,
    /** The stream ends before its END record. */
    CUT_SHORT,
    /** Bytes were changed, lost or added after {@code zfs send} wrote them. */
    CHECKSUM,
    /** A record that no sender writes: unknown type, impossible length, wrong order. */
    STRUCTURE,
    /** Something follows the end of the stream. */
    TRAILING_DATA,
    /** The compressed file itself is cut short, damaged or followed by something else. */
    CONTAINER
}
