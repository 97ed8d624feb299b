package org.imageserver.zfs;

import java.util.Optional;

/** The records of a send stream (zfs_ioctl.h, {@code dmu_replay_record}). */
public enum RecordType {
    BEGIN(0),
    OBJECT(1),
    FREEOBJECTS(2),
    WRITE(3),
    FREE(4),
    END(5),
    /** A block that was sent before: deduplicated streams only. */
    WRITE_BYREF(6),
    SPILL(7),
    WRITE_EMBEDDED(8),
    /** Raw (encrypted) streams only. */
    OBJECT_RANGE(9),
    REDACT(10);

    /** By number. */
    private static final RecordType[] ALL = values();

    private final int number;

    RecordType(int number) {
        this.number = number;
    }

    /** As it stands in the stream. */
    int number() {
        return number;
    }

    static Optional<RecordType> of(long number) {
        return number < ALL.length ? Optional.of(ALL[(int) number]) : Optional.empty();
    }
}
