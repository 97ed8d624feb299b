package org.imageserver.zfs;

/** What was found out about the bytes of a file. Immutable. */
public sealed interface Verdict {
    /**
     * One complete send stream, every checksum right, and nothing behind it. Whether it makes a usable image is for
     * {@link StreamPolicy} to say.
     */
    record Intact(StreamFacts facts) implements Verdict {}

    /**
     * Not a complete and intact send stream.
     *
     * @param reason a sentence for people: what is wrong, where, and what to do
     * @param offset where, in bytes from the start of the inflated stream: the record that shows it, or where the bytes
     *     end
     */
    record Damaged(Fault fault, String reason, long offset) implements Verdict {}

    /**
     * Nothing wrong was seen, but the file asks for more than this verifier has: memory, a dictionary, a filter.
     *
     * @param reason a sentence for people: what is needed and what to do
     */
    record Unreadable(String reason) implements Verdict {}
}
