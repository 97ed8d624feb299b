package org.imageserver.zfs;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** What the BEGIN record of a snapshot or of a package says. */
record BeginRecord(SnapshotFacts snapshot, Features features) {
    private static final int NAME = 56;
    /** The last second of the year 9999: a damaged date is shown as that instead of failing. */
    private static final long LATEST = 253_402_300_799L;

    /** Reads the record that is buffered in the source. */
    static BeginRecord read(RecordHeader header, Source source, Complaints complaints) throws VerdictException {
        SnapshotFacts snapshot = new SnapshotFacts(
                name(header, source, complaints),
                new Guid(header.u64(40)),
                new Guid(header.u64(48)),
                creation(header.u64(24)),
                ObjectSetType.of(header.u32(32)),
                header.u32(36));
        return new BeginRecord(snapshot, new Features(header.u64(RecordHeader.BEGIN_VERSION) >>> 2));
    }

    private static String name(RecordHeader header, Source source, Complaints complaints) throws VerdictException {
        int end = NAME;
        while (end < RecordHeader.BYTES && header.u8(end) != 0) {
            end++;
        }
        String name = new String(source.array(), source.offset() + NAME, end - NAME, StandardCharsets.UTF_8);
        if (end == RecordHeader.BYTES || name.indexOf('@') < 0) {
            throw complaints.structure(
                    source.position(), "the BEGIN record does not name a snapshot (pool/dataset@snapshot)");
        }
        return name;
    }

    private static Instant creation(long seconds) {
        return Instant.ofEpochSecond(Long.compareUnsigned(seconds, LATEST) > 0 ? LATEST : seconds);
    }
}
