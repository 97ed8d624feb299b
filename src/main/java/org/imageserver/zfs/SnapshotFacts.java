package org.imageserver.zfs;

import java.time.Instant;

/**
 * One snapshot in a stream, as its BEGIN record describes it.
 *
 * @param name "pool/dataset@snapshot" where it was sent from
 * @param fromguid the snapshot that must be there first, or {@link Guid#NONE} in a full stream
 * @param creation when the snapshot was made
 * @param flags {@code DRR_FLAG_*} bits as they stand in the stream: 1 clone, 2 case insensitive, 4 with FREE records, 8
 *     with spill blocks
 */
public record SnapshotFacts(
        String name, Guid toguid, Guid fromguid, Instant creation, ObjectSetType type, long flags) {}
