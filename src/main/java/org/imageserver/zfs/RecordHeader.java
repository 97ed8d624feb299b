package org.imageserver.zfs;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A view of the record that comes next in a source, in the byte order of its sender. One object serves a whole stream:
 * it always shows what the source is at, and is meaningful while the source has a whole header buffered.
 */
final class RecordHeader {
    static final int BYTES = 312;
    /** Where every record but BEGIN keeps the checksum of all before it. */
    static final int CHECKSUM = 280;

    static final int CHECKSUM_BYTES = 32;
    static final int PAYLOAD_LENGTH = 4;
    static final int END_STREAM_CHECKSUM = 8;
    static final int BEGIN_VERSION = 16;
    /** Behind the magic number that tells a BEGIN record and the byte order. */
    static final int MAGIC_END = 16;

    private static final int MAGIC_OFFSET = 8;
    private static final long MAGIC = 0x2F5bacbacL;
    private static final VarHandle LITTLE_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG_LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LITTLE_INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG_INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final Source source;
    private final ByteOrder order;
    private final boolean littleEndian;

    RecordHeader(Source source, ByteOrder order) {
        this.source = source;
        this.order = order;
        this.littleEndian = order == ByteOrder.LITTLE_ENDIAN;
    }

    /** The byte order of the BEGIN record that these bytes begin with, if they do. */
    static Optional<ByteOrder> byteOrder(byte[] bytes) {
        return byteOrderAt(bytes, 0);
    }

    /** The byte order of the BEGIN record at that place, if there is one. */
    static Optional<ByteOrder> byteOrderAt(byte[] bytes, int at) {
        if (bytes.length - at < MAGIC_END) {
            return Optional.empty();
        }
        if ((long) LITTLE_LONG.get(bytes, at + MAGIC_OFFSET) == MAGIC && (int) LITTLE_INT.get(bytes, at) == 0) {
            return Optional.of(ByteOrder.LITTLE_ENDIAN);
        }
        if ((long) BIG_LONG.get(bytes, at + MAGIC_OFFSET) == MAGIC && (int) BIG_INT.get(bytes, at) == 0) {
            return Optional.of(ByteOrder.BIG_ENDIAN);
        }
        return Optional.empty();
    }

    ByteOrder order() {
        return order;
    }

    long typeNumber() {
        return u32(0);
    }

    boolean hasMagic() {
        return u64(MAGIC_OFFSET) == MAGIC;
    }

    int u8(int offset) {
        return source.array()[source.offset() + offset] & 0xff;
    }

    long u32(int offset) {
        int at = source.offset() + offset;
        int value = littleEndian ? (int) LITTLE_INT.get(source.array(), at) : (int) BIG_INT.get(source.array(), at);
        return value & 0xffffffffL;
    }

    /** An unsigned number, in a long's 64 bits. */
    long u64(int offset) {
        int at = source.offset() + offset;
        return littleEndian ? (long) LITTLE_LONG.get(source.array(), at) : (long) BIG_LONG.get(source.array(), at);
    }

    boolean isZero(int from, int to) {
        for (int i = from; i < to; i++) {
            if (u8(i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** How many bytes follow the header, unsigned and not yet checked against any limit. */
    long payloadLength(RecordType type) {
        return switch (type) {
            case BEGIN -> u32(PAYLOAD_LENGTH);
            case OBJECT -> u32(36) != 0 ? u32(36) : roundedUpTo8(u32(28));
            case WRITE -> u8(50) != 0 ? u64(96) : u64(32);
            case SPILL -> u64(40) != 0 ? u64(40) : u64(16);
            case WRITE_EMBEDDED -> roundedUpTo8(u32(52));
            case FREEOBJECTS, FREE, END, WRITE_BYREF, OBJECT_RANGE, REDACT -> 0;
        };
    }

    /** The longest payload that a sender writes (SPA_MAXBLOCKSIZE; libzfs' limit for BEGIN; BPE_PAYLOAD_SIZE). */
    static long longestPayload(RecordType type) {
        return switch (type) {
            case BEGIN -> 64L << 20;
            case OBJECT, WRITE, SPILL -> 16L << 20;
            case WRITE_EMBEDDED -> 112;
            case FREEOBJECTS, FREE, END, WRITE_BYREF, OBJECT_RANGE, REDACT -> 0;
        };
    }

    private static long roundedUpTo8(long length) {
        return length + 7 & ~7L;
    }
}
