package org.imageserver.zfs;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes sound streams apart and seals them again with right checksums. Its own code, so that it can contradict. */
final class StreamBytes {
    static final int HEADER = 312;
    static final int CHECKSUM = 280;
    static final int BEGIN = 0;
    static final int WRITE = 3;
    static final int END = 5;

    /** One record, whose header may be edited in place. */
    record Piece(int offset, int type, ByteBuffer header, ByteBuffer payload) {
        boolean hasChecksum() {
            return !isZero(header, CHECKSUM, HEADER);
        }

        int nextOffset() {
            return offset + HEADER + payload.capacity();
        }

        Piece withType(int newType) {
            header.putInt(0, newType);
            return new Piece(offset, newType, header, ByteBuffer.allocate(0));
        }
    }

    private StreamBytes() {}

    static ByteOrder order(byte[] stream) {
        return stream[8] == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    static List<Piece> split(byte[] stream) {
        List<Piece> pieces = new ArrayList<>();
        int offset = 0;
        while (offset < stream.length) {
            ByteBuffer header = ByteBuffer.wrap(Arrays.copyOfRange(stream, offset, offset + HEADER))
                    .order(order(stream));
            int payload = payloadLength(header);
            ByteBuffer bytes = ByteBuffer.wrap(Arrays.copyOfRange(stream, offset + HEADER, offset + HEADER + payload))
                    .order(order(stream));
            pieces.add(new Piece(offset, header.getInt(0), header, bytes));
            offset += HEADER + payload;
        }
        return pieces;
    }

    /** What the header says of the bytes that follow it, believed. */
    static int payloadLength(ByteBuffer header) {
        return switch (header.getInt(0)) {
            case BEGIN -> header.getInt(4);
            case 1 -> header.getInt(36) != 0 ? header.getInt(36) : (header.getInt(28) + 7) & ~7;
            case WRITE -> (int) (header.get(50) != 0 ? header.getLong(96) : header.getLong(32));
            case 7 -> (int) (header.getLong(40) != 0 ? header.getLong(40) : header.getLong(16));
            case 8 -> (header.getInt(52) + 7) & ~7;
            default -> 0;
        };
    }

    /** Puts the pieces together and computes all checksums anew; records that had none get none. */
    static byte[] seal(List<Piece> pieces) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        long[] sum = new long[4];
        boolean inSubstream = false;
        for (Piece piece : pieces) {
            ByteBuffer header = copy(piece.header());
            boolean hasChecksum = piece.hasChecksum();
            if (piece.type() == BEGIN) {
                sum = new long[4];
                inSubstream = true;
            }
            if (piece.type() == END && inSubstream) {
                put(header, 8, sum);
            }
            add(sum, header, 0, CHECKSUM);
            if (piece.type() != BEGIN && hasChecksum) {
                put(header, CHECKSUM, sum);
            }
            add(sum, header, CHECKSUM, HEADER);
            add(sum, piece.payload(), 0, piece.payload().capacity());
            if (piece.type() == END) {
                sum = new long[4];
                inSubstream = false;
            }
            stream.writeBytes(bytes(header));
            stream.writeBytes(bytes(piece.payload()));
        }
        return stream.toByteArray();
    }

    static boolean isZero(ByteBuffer bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.get(0, bytes);
        return bytes;
    }

    private static ByteBuffer copy(ByteBuffer buffer) {
        return ByteBuffer.wrap(bytes(buffer)).order(buffer.order());
    }

    private static void put(ByteBuffer header, int offset, long[] sum) {
        for (int i = 0; i < sum.length; i++) {
            header.putLong(offset + i * Long.BYTES, sum[i]);
        }
    }

    /** Goes on with a fletcher4 checksum. */
    static void add(long[] sum, ByteBuffer bytes, int from, int to) {
        for (int i = from; i + Integer.BYTES <= to; i += Integer.BYTES) {
            sum[0] += Integer.toUnsignedLong(bytes.getInt(i));
            sum[1] += sum[0];
            sum[2] += sum[1];
            sum[3] += sum[2];
        }
    }
}
