package org.imageserver.zfs;

import java.io.IOException;

/**
 * Reads BEGIN to END: one snapshot, or the header of a package. Both are covered by one running checksum, which every
 * record repeats as far as it has come (senders before 2013: only END).
 */
final class Substream {
    private static final int CHECKSUM = RecordHeader.CHECKSUM;
    private static final int AFTER_CHECKSUM = RecordHeader.BYTES;
    private static final int END_TOGUID = 40;
    private static final int AFTER_END_TOGUID = 48;

    private final Source source;
    private final Complaints complaints;
    private final RecordHeader header;
    private final Tally tally;
    private final Fletcher4 sum;
    private final Payload payload;
    private long toguid;
    private boolean mayHoldVolumeSize;
    /** Up to here some checksum has matched. */
    private long provenUpTo;

    Substream(Source source, Complaints complaints, RecordHeader header, Tally tally) {
        this.source = source;
        this.complaints = complaints;
        this.header = header;
        this.tally = tally;
        this.sum = new Fletcher4(header.order());
        this.payload = new Payload(source, complaints, header.order(), sum, tally);
    }

    /** Reads one snapshot; its BEGIN record is buffered. */
    void readSingle() throws IOException {
        BeginRecord begin = BeginRecord.read(header, source, complaints);
        tally.snapshot(begin.snapshot(), begin.features());
        mayHoldVolumeSize = begin.snapshot().type() == ObjectSetType.VOLUME
                && !begin.features().has(Feature.RAW);
        passBegin(begin);
        for (RecordType type = nextType(); type != RecordType.END; type = nextType()) {
            passRecord(type);
        }
        passEnd();
    }

    /** Reads the header of a package; its BEGIN record is buffered. */
    void readPackageHeader() throws IOException {
        BeginRecord begin = BeginRecord.read(header, source, complaints);
        tally.packageHeader(begin.snapshot());
        passBegin(begin);
        if (nextType() != RecordType.END) {
            throw complaints.structure(source.position(), "the header of the package goes on where it must end");
        }
        passEnd();
    }

    private void passBegin(BeginRecord begin) throws IOException {
        toguid = begin.snapshot().toguid().bits();
        provenUpTo = source.position();
        sum.reset();
        sumHeader(0, AFTER_CHECKSUM);
        passPayload(RecordType.BEGIN);
    }

    /** The type of the next record, which is buffered then. */
    private RecordType nextType() throws IOException {
        int available = source.fill(RecordHeader.BYTES);
        if (available == 0) {
            throw complaints.cutShort("without its END record, like a saved partial state (zfs send -S)");
        }
        if (available < RecordHeader.BYTES) {
            throw complaints.cutShort("within the header of a record");
        }
        RecordType type = RecordType.of(header.typeNumber())
                .orElseThrow(() -> complaints.structure(
                        source.position(),
                        "a record of type " + header.typeNumber()
                                + " begins, which does not exist: bytes before it were changed, lost or added"));
        if (type == RecordType.BEGIN) {
            throw complaints.structure(source.position(), "a stream begins before the one before it has ended");
        }
        return type;
    }

    private void passRecord(RecordType type) throws IOException {
        checkRecordChecksum();
        sumHeader(CHECKSUM, AFTER_CHECKSUM);
        passPayload(type);
    }

    private void passEnd() throws IOException {
        long position = source.position();
        if (!sumIsAt(RecordHeader.END_STREAM_CHECKSUM)) {
            throw complaints.checksum(position, provenUpTo, position + END_TOGUID);
        }
        boolean covered = checkRecordChecksum();
        if (!covered && !uncoveredEndIsRight()) {
            throw complaints.uncoveredBytes(position);
        }
        tally.record(RecordType.END, 0);
        source.advance(RecordHeader.BYTES);
    }

    /**
     * What nothing else proves in an END without a record checksum. All senders repeat the guid of the stream there
     * (the oldest leave it out) and zeros around it.
     */
    private boolean uncoveredEndIsRight() {
        long guid = header.u64(END_TOGUID);
        return (guid == toguid || guid == 0)
                && header.isZero(RecordHeader.PAYLOAD_LENGTH, RecordHeader.END_STREAM_CHECKSUM)
                && header.isZero(AFTER_END_TOGUID, CHECKSUM);
    }

    /** Compares before anything else in the header is believed; false when the record has no checksum. */
    private boolean checkRecordChecksum() throws VerdictException {
        sumHeader(0, CHECKSUM);
        if (header.isZero(CHECKSUM, AFTER_CHECKSUM)) {
            tally.recordWithoutChecksum();
            return false;
        }
        long checked = source.position() + CHECKSUM;
        if (!sumIsAt(CHECKSUM)) {
            throw complaints.checksum(source.position(), provenUpTo, checked + RecordHeader.CHECKSUM_BYTES);
        }
        provenUpTo = checked;
        return true;
    }

    private void passPayload(RecordType type) throws IOException {
        long length = header.payloadLength(type);
        // In BEGIN an nvlist in XDR, which is made of words of four bytes; all other payloads are of eight.
        long unit = type == RecordType.BEGIN ? 4 : 8;
        if (Long.compareUnsigned(length, RecordHeader.longestPayload(type)) > 0 || length % unit != 0) {
            throw complaints.structure(
                    source.position(),
                    "a %s record says that it carries %s bytes, which cannot be"
                            .formatted(type, Long.toUnsignedString(length)));
        }
        tally.record(type, length);
        boolean holdsVolumeSize = mayHoldVolumeSize && length <= VolumeSize.LONGEST && VolumeSize.isIn(header, type);
        int compression = holdsVolumeSize ? VolumeSize.compression(header, type) : 0;
        long record = source.position();
        source.advance(RecordHeader.BYTES);
        if (holdsVolumeSize) {
            VolumeSize.find(source.peek((int) length), compression, header.order())
                    .ifPresent(tally::volumeSize);
        }
        payload.pass(length, record, type);
    }

    private void sumHeader(int from, int to) {
        sum.update(source.array(), source.offset() + from, to - from);
    }

    private boolean sumIsAt(int offset) {
        return sum.matches(
                header.u64(offset), header.u64(offset + 8), header.u64(offset + 16), header.u64(offset + 24));
    }
}
