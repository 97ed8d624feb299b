package org.imageserver.browser;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

/**
 * Intact ZFS send streams of any size, about half of which gzip can squeeze out: one file, or the blocks of a volume,
 * written with right checksums (fletcher4, the sum of all records before).
 */
final class SampleStream {
    private static final int BLOCK = 128 * 1024;
    private static final int HEADER = 312;
    private static final int CHECKSUM = 280;
    private static final long MAGIC = 0x2F5BACBACL;
    private static final int BEGIN = 0;
    private static final int OBJECT = 1;
    private static final int WRITE = 3;
    private static final int END = 5;
    private static final int FILE_SYSTEM = 2;
    private static final int PLAIN_FILE_CONTENTS = 19;

    private final OutputStream target;
    private final long guid;
    private final long[] sum = new long[4];

    private SampleStream(OutputStream target, long guid) {
        this.target = target;
        this.guid = guid;
    }

    /** Writes a gzipped stream whose file is a little larger than half of so many bytes. */
    static void writeGzip(Path file, long bytes, long guid, String snapshot, long created) throws IOException {
        try (OutputStream target = new GZIPOutputStream(Files.newOutputStream(file), 1 << 16)) {
            new SampleStream(target, guid).write(bytes, snapshot, created);
        }
    }

    /** Writes a stream as zfs send does. */
    static void writePlain(Path file, long bytes, long guid, String snapshot) throws IOException {
        try (OutputStream target = Files.newOutputStream(file)) {
            new SampleStream(target, guid).write(bytes, snapshot, 1_600_000_000);
        }
    }

    private void write(long bytes, String snapshot, long created) throws IOException {
        record(
                BEGIN,
                header -> header.putLong(8, MAGIC)
                        .putLong(16, 1)
                        .putLong(24, created)
                        .putInt(32, FILE_SYSTEM)
                        .putLong(40, guid)
                        .put(56, snapshot.getBytes(StandardCharsets.US_ASCII)));
        record(
                OBJECT,
                header -> header.putLong(8, 2)
                        .putInt(16, PLAIN_FILE_CONTENTS)
                        .putInt(20, 44)
                        .putInt(24, BLOCK)
                        .put(32, (byte) 7)
                        .put(34, (byte) 1)
                        .putLong(40, guid));
        Random random = new Random(guid);
        byte[] half = new byte[BLOCK / 2];
        ByteBuffer block = ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        for (long offset = 0; offset < bytes; offset += BLOCK) {
            long at = offset;
            random.nextBytes(half);
            block.put(0, half);
            record(
                    WRITE,
                    header -> header.putLong(8, 2)
                            .putInt(16, PLAIN_FILE_CONTENTS)
                            .putLong(24, at)
                            .putLong(32, BLOCK)
                            .putLong(40, guid)
                            .put(48, (byte) 7));
            add(block, 0, BLOCK);
            target.write(block.array());
        }
        record(END, header -> putSum(header.putLong(40, guid), 8));
    }

    /** One record's head; the checksum in it is of all before, and counts for those after it. */
    private void record(int type, Consumer<ByteBuffer> fields) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
        fields.accept(header.putInt(0, type));
        add(header, 0, CHECKSUM);
        if (type != BEGIN) {
            putSum(header, CHECKSUM);
        }
        add(header, CHECKSUM, HEADER);
        target.write(header.array());
    }

    private void putSum(ByteBuffer header, int offset) {
        for (int i = 0; i < sum.length; i++) {
            header.putLong(offset + i * Long.BYTES, sum[i]);
        }
    }

    private void add(ByteBuffer bytes, int from, int to) {
        for (int i = from; i < to; i += Integer.BYTES) {
            sum[0] += Integer.toUnsignedLong(bytes.getInt(i));
            sum[1] += sum[0];
            sum[2] += sum[1];
            sum[3] += sum[2];
        }
    }
}
