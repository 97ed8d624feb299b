package org.imageserver.zfs;

import java.io.IOException;

/** The sentences for what is wrong with a stream, each with its place in words that fit how the file came. */
final class Complaints {
    private final Source source;
    private final Compression compression;

    Complaints(Source source, Compression compression) {
        this.source = source;
        this.compression = compression;
    }

    VerdictException empty() {
        return damaged(
                Fault.EMPTY,
                0,
                compression == Compression.NONE
                        ? "The file is empty. Copy or make it again."
                        : """
                                The %s file is whole but holds nothing: zfs send failed before it wrote a byte. \
                                Make it again.""".formatted(compression.jsonName()));
    }

    VerdictException notAStream() throws IOException {
        byte[] start = source.peek(FirstBytes.LOOKED_AT);
        if (compression == Compression.NONE) {
            String advice = FirstBytes.streamBehindText(start)
                    .map(at -> " A stream begins at byte " + at + ": remove what stands before it.")
                    .orElse("");
            return notAStream(
                    "The file is not a ZFS send stream: it starts with " + FirstBytes.describe(start) + "." + advice);
        }
        String name = compression.jsonName();
        return notAStream(
                Compression.of(start) == Compression.NONE
                        ? "The %s file does not hold a ZFS send stream: inflated, it starts with %s."
                                .formatted(name, FirstBytes.describe(start))
                        : "The %s file holds %s data: it was compressed twice. Compress the stream once."
                                .formatted(name, Compression.of(start).jsonName()));
    }

    private static VerdictException notAStream(String reason) {
        return damaged(Fault.NOT_A_STREAM, 0, reason);
    }

    /** The end came too early; the source holds less than was needed, and all of it. */
    VerdictException cutShort(String where) {
        long end = source.position() + source.buffered();
        String what = compression == Compression.NONE
                ? "The stream is cut short: zfs send broke off, or the copy did."
                : "The %s file is whole, but the stream in it is cut short: zfs send broke off."
                        .formatted(compression.jsonName());
        return damaged(
                Fault.CUT_SHORT, end, what + " It ends after %d bytes, %s. Make it again.".formatted(end, where));
    }

    VerdictException structure(long record, String sentence) {
        return damaged(Fault.STRUCTURE, record, "At " + place(record) + " " + sentence + ". Make it again.");
    }

    /** The checksum in a record fails; what is wrong lies between the bytes already proven and the end of its own. */
    VerdictException checksum(long record, long from, long to) {
        return damaged(Fault.CHECKSUM, record, """
                The checksum in the record at %s does not match: something between the bytes %d and %d was changed, \
                lost or added after zfs send wrote it. Copy or make it again.""".formatted(place(record), from, to));
    }

    VerdictException uncoveredBytes(long record) {
        return damaged(Fault.CHECKSUM, record, """
                The END record at %s was changed after zfs send wrote it: bytes that no checksum covers \
                are not what they must be. Copy or make it again.""".formatted(place(record)));
    }

    VerdictException trailingData() throws IOException {
        long end = source.position();
        return damaged(
                Fault.TRAILING_DATA,
                end,
                "The stream is complete at %s, but something follows it: %s. Cut it there."
                        .formatted(place(end), FirstBytes.describe(source)));
    }

    private String place(long offset) {
        return "byte " + offset + (compression == Compression.NONE ? " of the file" : " of the inflated stream");
    }

    private static VerdictException damaged(Fault fault, long offset, String reason) {
        return VerdictException.damaged(fault, offset, reason);
    }
}
