package org.imageserver.zfs;

import java.nio.ByteOrder;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What an intact stream holds. Immutable.
 *
 * @param compression of the file
 * @param fileBytes length of the file, compressed as it is
 * @param byteOrder of the sender
 * @param kind one snapshot, or a package of any number
 * @param first the first snapshot: what it is based on, the whole file is based on
 * @param last the last snapshot, and the only one in most files; in a package without any, its header
 * @param features of all snapshots together
 * @param substreams how many BEGIN records there are: in a package, its header counts as one
 * @param records how many records of each type there are; types without any are absent
 * @param payloadBytes what the records carry, without their headers
 * @param streamBytes length of the inflated stream
 * @param recordsWithoutChecksum written by senders before 2013, and one in every package; the checksum at the end
 *     of the stream covers them
 * @param unreadableBlocks blocks that the sender could not read and filled with a pattern ({@code
 *     zfs_send_corrupt_data})
 * @param volumeSize of a volume in bytes, where the stream tells it: not in raw and seldom in incremental ones
 */
public record StreamFacts(
        Compression compression,
        long fileBytes,
        ByteOrder byteOrder,
        Kind kind,
        SnapshotFacts first,
        SnapshotFacts last,
        Features features,
        int substreams,
        Map<RecordType, Long> records,
        long payloadBytes,
        long streamBytes,
        long recordsWithoutChecksum,
        long unreadableBlocks,
        OptionalLong volumeSize) {
    public StreamFacts {
        records = Map.copyOf(records);
    }

    /** What {@code zfs send} was asked for. */
    public enum Kind {
        SINGLE,
        /** {@code zfs send -R}, {@code -I}, {@code -p} and others: several streams behind a header of properties. */
        PACKAGE
    }

    /** How many snapshots there are. */
    public int snapshots() {
        return kind == Kind.PACKAGE ? substreams - 1 : substreams;
    }

    /** Whether a snapshot must be there before this can be received: {@code first().fromguid()}. */
    public boolean isIncremental() {
        return !first.fromguid().equals(Guid.NONE);
    }
}
