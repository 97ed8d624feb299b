package org.imageserver.zfs;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Reads one whole file as a send stream:
 *
 * <pre>
 * single  = BEGIN record* END
 * package = BEGIN END single* END0        (END0: nothing but its type)
 * </pre>
 *
 * and nothing behind it. Sources: zfs_ioctl.h, dmu_recv.c and libzfs_sendrecv.c of OpenZFS and illumos.
 */
final class StreamReader {
    private static final int SINGLE = 1;
    private static final int PACKAGE = 2;

    private final Source source;
    private final Complaints complaints;
    private final RecordHeader header;
    private final Tally tally;
    private final Substream substream;
    private final boolean isPackage;

    private StreamReader(Source source, Complaints complaints, ByteOrder order) throws IOException {
        this.source = source;
        this.complaints = complaints;
        this.header = new RecordHeader(source, order);
        this.isPackage = headerType() == PACKAGE;
        this.tally = new Tally(order, isPackage ? StreamFacts.Kind.PACKAGE : StreamFacts.Kind.SINGLE);
        this.substream = new Substream(source, complaints, header, tally);
    }

    /**
     * Reads to the end of the source.
     *
     * @throws VerdictException at the first thing that is wrong
     * @throws IOException when the source fails
     */
    static Tally read(Source source, Compression compression) throws IOException {
        Complaints complaints = new Complaints(source, compression);
        int available = source.fill(RecordHeader.BYTES);
        if (available == 0) {
            throw complaints.empty();
        }
        Optional<ByteOrder> order = RecordHeader.byteOrder(source.peek(RecordHeader.MAGIC_END));
        if (order.isEmpty()) {
            throw complaints.notAStream();
        }
        if (available < RecordHeader.BYTES) {
            throw complaints.cutShort("within its first record");
        }
        StreamReader reader = new StreamReader(source, complaints, order.get());
        reader.readAll();
        return reader.tally;
    }

    private void readAll() throws IOException {
        if (isPackage) {
            substream.readPackageHeader();
            while (!endOfPackage()) {
                substream.readSingle();
            }
        } else {
            substream.readSingle();
        }
        if (source.fill(1) > 0) {
            throw complaints.trailingData();
        }
    }

    /** Whether the package ends here; otherwise another single stream begins here. */
    private boolean endOfPackage() throws IOException {
        int available = source.fill(RecordHeader.BYTES);
        if (available < RecordHeader.BYTES) {
            throw complaints.cutShort(
                    available == 0 ? "without the END record of its package" : "within the header of a record");
        }
        long number = header.typeNumber();
        if (number == RecordType.END.number()) {
            if (!header.isZero(RecordHeader.PAYLOAD_LENGTH, RecordHeader.BYTES)) {
                throw complaints.uncoveredBytes(source.position());
            }
            tally.record(RecordType.END, 0);
            source.advance(RecordHeader.BYTES);
            return true;
        }
        if (number != RecordType.BEGIN.number() || !header.hasMagic()) {
            throw complaints.structure(
                    source.position(), "neither another stream of the package begins nor the package ends");
        }
        if (headerType() != SINGLE) {
            throw complaints.structure(source.position(), "a package begins within a package");
        }
        return false;
    }

    private int headerType() throws IOException {
        int type = (int) header.u64(RecordHeader.BEGIN_VERSION) & 3;
        if (type != SINGLE && type != PACKAGE) {
            throw complaints.structure(
                    source.position(), "the BEGIN record is of kind " + type + ", which no zfs send writes");
        }
        return type;
    }
}
