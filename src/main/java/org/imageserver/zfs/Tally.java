package org.imageserver.zfs;

import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Collects the facts of a stream while it is read. */
final class Tally {
    private final ByteOrder order;
    private final StreamFacts.Kind kind;
    private final long[] records = new long[RecordType.values().length];
    private @Nullable SnapshotFacts first;
    private @Nullable SnapshotFacts last;
    private @Nullable SnapshotFacts packageHeader;
    private Features features = Features.NONE;
    private long payloadBytes;
    private long recordsWithoutChecksum;
    private long unreadableBlocks;
    private OptionalLong volumeSize = OptionalLong.empty();

    Tally(ByteOrder order, StreamFacts.Kind kind) {
        this.order = order;
        this.kind = kind;
    }

    void packageHeader(SnapshotFacts header) {
        packageHeader = header;
    }

    void snapshot(SnapshotFacts snapshot, Features itsFeatures) {
        if (first == null) {
            first = snapshot;
        }
        last = snapshot;
        features = features.and(itsFeatures);
    }

    void record(RecordType type, long payload) {
        records[type.number()]++;
        payloadBytes += payload;
    }

    void recordWithoutChecksum() {
        recordsWithoutChecksum++;
    }

    void unreadableBlock() {
        unreadableBlocks++;
    }

    void volumeSize(long bytes) {
        volumeSize = OptionalLong.of(bytes);
    }

    StreamFacts facts(Compression compression, long fileBytes, long streamBytes) {
        SnapshotFacts described = last != null ? last : packageHeader;
        if (described == null) {
            throw new IllegalStateException("no BEGIN record was read");
        }
        Map<RecordType, Long> counts = new EnumMap<>(RecordType.class);
        for (RecordType type : RecordType.values()) {
            if (records[type.number()] > 0) {
                counts.put(type, records[type.number()]);
            }
        }
        return new StreamFacts(
                compression,
                fileBytes,
                order,
                kind,
                first != null ? first : described,
                described,
                features,
                (int) Math.min(records[RecordType.BEGIN.number()], Integer.MAX_VALUE),
                counts,
                payloadBytes,
                streamBytes,
                recordsWithoutChecksum,
                unreadableBlocks,
                volumeSize);
    }
}
