package org.imageserver.zfs;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes gzip as the gzip tool does, with the level in the header and without a time. */
final class Gzip {
    private static final int FASTEST = 4;
    private static final int SMALLEST = 2;
    private static final byte UNIX = 3;

    private Gzip() {}

    static byte[] compress(byte[] bytes, int level) {
        int extraFlags = level == 9 ? SMALLEST : level < 2 ? FASTEST : 0;
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        gzip.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, (byte) extraFlags, UNIX});
        gzip.writeBytes(deflate(bytes, level));
        CRC32 crc = new CRC32();
        crc.update(bytes);
        ByteBuffer trailer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        gzip.writeBytes(
                trailer.putInt((int) crc.getValue()).putInt(bytes.length).array());
        return gzip.toByteArray();
    }

    private static byte[] deflate(byte[] bytes, int level) {
        try (AutoDeflater auto = new AutoDeflater(new Deflater(level, true))) {
            Deflater deflater = auto.deflater();
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream deflated = new ByteArrayOutputStream();
            byte[] buffer = new byte[bytes.length + 1024];
            while (!deflater.finished()) {
                deflated.write(buffer, 0, deflater.deflate(buffer));
            }
            return deflated.toByteArray();
        }
    }

    /** A Deflater that try can close (the JDK's own can only from version 25 on). */
    private record AutoDeflater(Deflater deflater) implements AutoCloseable {
        @Override
        public void close() {
            deflater.end();
        }
    }
}
