package org.imageserver.zfs;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Passes over what a record carries, straight from the source's buffer, however long it is. */
final class Payload {
    /** What a sender with zfs_send_corrupt_data=1 fills a block with that it could not read ("zfs badd bloc"). */
    private static final long UNREADABLE = 0x2f5baddb10cL;

    private static final VarHandle LITTLE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final Source source;
    private final Complaints complaints;
    private final long unreadable;
    private final Fletcher4 sum;
    private final Tally tally;

    Payload(Source source, Complaints complaints, ByteOrder order, Fletcher4 sum, Tally tally) {
        this.source = source;
        this.complaints = complaints;
        this.unreadable = order == ByteOrder.LITTLE_ENDIAN ? UNREADABLE : Long.reverseBytes(UNREADABLE);
        this.sum = sum;
        this.tally = tally;
    }

    /**
     * Adds the next bytes to the checksum and leaves them behind.
     *
     * @param length a multiple of eight, or for BEGIN of four
     * @param record where the record begins
     */
    void pass(long length, long record, RecordType type) throws IOException {
        boolean unreadableSoFar = type == RecordType.WRITE && length > 0;
        long left = length;
        while (left > 0) {
            int wanted = (int) Math.min(left, Long.BYTES);
            int available = source.fill(wanted);
            if (available < wanted) {
                throw complaints.cutShort("within the %s record that begins at byte %d".formatted(type, record));
            }
            int count = available >= left ? (int) left : available - available % Long.BYTES;
            sum.update(source.array(), source.offset(), count);
            unreadableSoFar = unreadableSoFar && isUnreadable(count);
            source.advance(count);
            left -= count;
        }
        if (unreadableSoFar) {
            tally.unreadableBlock();
        }
    }

    private boolean isUnreadable(int count) {
        int from = source.offset();
        for (int i = from; i < from + count; i += Long.BYTES) {
            if ((long) LITTLE.get(source.array(), i) != unreadable) {
                return false;
            }
        }
        return true;
    }
}
