package org.imageserver.zfs;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Any bytes in place of an image's file: a verdict, the same however they arrive. */
public final class StreamFuzz {
    private static final long MEMORY = 16 << 20;
    private static final int HEADER = StreamBytes.HEADER;

    private StreamFuzz() {}

    /** The input is judged as it is, and with checksums that fit it, which no fuzzer finds by itself. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        judge(input);
        if (input.length >= HEADER && RecordHeader.byteOrder(head(input)).isPresent()) {
            judge(sealed(input));
        }
    }

    private static byte[] head(byte[] input) {
        return Arrays.copyOf(input, RecordHeader.MAGIC_END);
    }

    private static void judge(byte[] bytes) throws IOException {
        Verdict whole = SendStream.verify(new ByteArrayInputStream(bytes), MEMORY);
        if (bytes.length % 4 != 0) {
            // A thread for each input would leave too few of them.
            return;
        }
        try (StreamCheck check = new StreamCheck(MEMORY)) {
            int piece = Math.max(1, bytes.length / 3);
            for (int from = 0; from < bytes.length; from += piece) {
                check.update(ByteBuffer.wrap(bytes, from, Math.min(piece, bytes.length - from)));
            }
            Verdict inPieces = check.finish();
            if (!inPieces.equals(whole)) {
                throw new AssertionError(whole + ", but in pieces " + inPieces);
            }
        }
    }

    /** The records as they stand, as far as their lengths lead, each with the checksum that belongs there. */
    private static byte[] sealed(byte[] input) {
        byte[] bytes = input.clone();
        ByteBuffer all = ByteBuffer.wrap(bytes).order(StreamBytes.order(bytes));
        long[] sum = new long[4];
        int at = 0;
        while (at + HEADER <= bytes.length) {
            int type = all.getInt(at);
            if (type == StreamBytes.BEGIN) {
                sum = new long[4];
            } else if (type == StreamBytes.END) {
                put(all, at + 8, sum);
            }
            StreamBytes.add(sum, all, at, at + StreamBytes.CHECKSUM);
            if (type != StreamBytes.BEGIN) {
                put(all, at + StreamBytes.CHECKSUM, sum);
            }
            StreamBytes.add(sum, all, at + StreamBytes.CHECKSUM, at + HEADER);
            int payload = StreamBytes.payloadLength(all.slice(at, HEADER).order(all.order()));
            if (payload < 0 || payload > bytes.length - at - HEADER) {
                break;
            }
            StreamBytes.add(sum, all, at + HEADER, at + HEADER + payload);
            at += HEADER + payload;
        }
        return bytes;
    }

    private static void put(ByteBuffer all, int at, long[] sum) {
        for (int index = 0; index < sum.length; index++) {
            all.putLong(at + index * Long.BYTES, sum[index]);
        }
    }
}
