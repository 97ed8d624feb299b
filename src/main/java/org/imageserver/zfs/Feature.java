package org.imageserver.zfs;

/** What a receiver must know to take a stream (zfs_ioctl.h, {@code DMU_BACKUP_FEATURE_*}). */
public enum Feature {
    DEDUP(0),
    DEDUPPROPS(1),
    SA_SPILL(2),
    EMBED_DATA(16),
    LZ4(17),
    LARGE_BLOCKS(19),
    RESUMING(20),
    REDACTED(21),
    COMPRESSED(22),
    LARGE_DNODE(23),
    RAW(24),
    ZSTD(25),
    HOLDS(26),
    SWITCH_TO_LARGE_BLOCKS(27),
    LONGNAME(28),
    LARGE_MICROZAP(29);

    private final int bit;

    Feature(int bit) {
        this.bit = bit;
    }

    long mask() {
        return 1L << bit;
    }
}
