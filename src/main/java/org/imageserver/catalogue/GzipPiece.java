package org.imageserver.catalogue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Some elements of a JSON array, deflated so that pieces can be joined to one gzipped array without being inflated:
 * they end on a byte and refer to nothing before them (RFC 1951, 1952). It is one gzip member, since old clients read no
 * further than the first. Immutable.
 */
public final class GzipPiece {
    private static final byte[] MAGIC = {0x1F, (byte) 0x8B, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, (byte) 0xFF};
    private static final ByteBuffer HEADER = DirectMemory.copyOf(join(MAGIC, stored('[', false)));
    private static final int TRAILER = 8;
    private static final byte[] COMMA = stored(',', false);
    private static final int COMMA_CRC = crc(',');
    private static final int BYTE_SHIFT = Crc32Sum.shift(1);
    private static final int BUFFER = 8 * 1024;

    /** A block with the comma before the elements, then the elements. */
    private final ByteBuffer deflated;

    private final int length;
    private final int crc;
    private final int shift;

    /** Compresses elements, given with the commas between them. */
    public GzipPiece(byte[] elements) {
        CRC32 sum = new CRC32();
        sum.update(elements);
        this.deflated = DirectMemory.copyOf(deflate(elements));
        this.length = elements.length;
        this.crc = (int) sum.getValue();
        this.shift = Crc32Sum.shift(elements.length);
    }

    /** The gzipped JSON array of all elements, in parts that are only to be read. */
    public static List<ByteBuffer> array(List<GzipPiece> pieces) {
        Crc32Sum sum = new Crc32Sum();
        long length = 0;
        List<ByteBuffer> parts = new ArrayList<>(pieces.size() + 2);
        parts.add(HEADER);
        sum.append(crc('['), BYTE_SHIFT);
        for (GzipPiece piece : pieces) {
            if (length == 0) {
                parts.add(piece.deflated.slice(COMMA.length, piece.deflated.remaining() - COMMA.length));
            } else {
                parts.add(piece.deflated);
                sum.append(COMMA_CRC, BYTE_SHIFT);
                length++;
            }
            sum.append(piece.crc, piece.shift);
            length += piece.length;
        }
        sum.append(crc(']'), BYTE_SHIFT);
        ByteBuffer trailer = ByteBuffer.allocate(TRAILER).order(ByteOrder.LITTLE_ENDIAN);
        trailer.putInt(sum.value()).putInt((int) (length + 2));
        parts.add(DirectMemory.copyOf(join(stored(']', true), trailer.array())));
        return parts;
    }

    private static byte[] deflate(byte[] elements) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(elements.length / 8 + BUFFER);
        bytes.writeBytes(COMMA);
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            deflater.setInput(elements);
            byte[] buffer = new byte[BUFFER];
            int count;
            do {
                count = deflater.deflate(buffer, 0, BUFFER, Deflater.FULL_FLUSH);
                bytes.write(buffer, 0, count);
            } while (count == BUFFER);
        } finally {
            deflater.end();
        }
        return bytes.toByteArray();
    }

    /** One character as it is, in a block of its own: its kind, its length, the length's complement, the byte. */
    private static byte[] stored(char ascii, boolean isLast) {
        return new byte[] {(byte) (isLast ? 1 : 0), 1, 0, (byte) 0xFE, (byte) 0xFF, (byte) ascii};
    }

    private static int crc(char ascii) {
        CRC32 sum = new CRC32();
        sum.update(ascii);
        return (int) sum.getValue();
    }

    private static byte[] join(byte[] one, byte[] other) {
        return ByteBuffer.allocate(one.length + other.length)
                .put(one)
                .put(other)
                .array();
    }
}
