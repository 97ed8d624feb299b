package org.imageserver.zfs;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorInputStream;

/**
 * Finds the size of a volume. No header tells it: it is an entry of the small table (a micro ZAP, zap_impl.h) that a
 * volume keeps in its object 2.
 */
final class VolumeSize {
    /** The longest table that is looked at; those of volumes are 512 bytes. */
    static final int LONGEST = 16 * 1024;

    private static final int COMPRESSION_OFF = 2;
    private static final int COMPRESSION_LZ4 = 15;
    private static final long PROPERTIES_OBJECT = 2;
    private static final long PROPERTIES_TYPE = 24;

    private static final long MICRO_ZAP = 0x8000000000000003L;
    private static final int ENTRY_BYTES = 64;
    private static final int NAME_OFFSET = 14;
    private static final byte[] SIZE = "size\0".getBytes(StandardCharsets.US_ASCII);

    private VolumeSize() {}

    /** Whether the record that comes next in the stream of a volume carries the table. */
    static boolean isIn(RecordHeader header, RecordType type) {
        return switch (type) {
            case WRITE ->
                header.u64(8) == PROPERTIES_OBJECT && header.u32(16) == PROPERTIES_TYPE && header.u64(24) == 0;
            case WRITE_EMBEDDED -> header.u64(8) == PROPERTIES_OBJECT && header.u64(16) == 0;
            case BEGIN, OBJECT, FREEOBJECTS, FREE, END, WRITE_BYREF, SPILL, OBJECT_RANGE, REDACT -> false;
        };
    }

    /** How the payload of such a record is compressed. */
    static int compression(RecordHeader header, RecordType type) {
        return type == RecordType.WRITE ? header.u8(50) : header.u8(40);
    }

    /** Looks into the payload; nothing when it is compressed in another way than lz4, or is no such table. */
    static OptionalLong find(byte[] payload, int compression, ByteOrder order) {
        return switch (compression) {
            case 0, COMPRESSION_OFF -> findInTable(payload, order);
            case COMPRESSION_LZ4 -> findInTable(unpackLz4(payload), order);
            default -> OptionalLong.empty();
        };
    }

    private static OptionalLong findInTable(byte[] bytes, ByteOrder order) {
        ByteBuffer table = ByteBuffer.wrap(bytes).order(order);
        if (bytes.length < 2 * ENTRY_BYTES || table.getLong(0) != MICRO_ZAP) {
            return OptionalLong.empty();
        }
        for (int entry = ENTRY_BYTES; entry + ENTRY_BYTES <= bytes.length; entry += ENTRY_BYTES) {
            if (table.slice(entry + NAME_OFFSET, SIZE.length).equals(ByteBuffer.wrap(SIZE))) {
                return OptionalLong.of(table.getLong(entry));
            }
        }
        return OptionalLong.empty();
    }

    /** ZFS puts the length of the compressed block before it, big endian on every machine. */
    private static byte[] unpackLz4(byte[] payload) {
        if (payload.length < Integer.BYTES) {
            return new byte[0];
        }
        int length = ByteBuffer.wrap(payload).getInt();
        if (length < 0 || length > payload.length - Integer.BYTES) {
            return new byte[0];
        }
        try (var block = new BlockLZ4CompressorInputStream(new ByteArrayInputStream(payload, Integer.BYTES, length))) {
            return block.readNBytes(LONGEST);
        } catch (IOException | RuntimeException e) {
            // A size that cannot be told is no fault of the stream: its checksums speak for it.
            return new byte[0];
        }
    }
}
