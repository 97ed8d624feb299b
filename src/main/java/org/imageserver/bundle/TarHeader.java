package org.imageserver.bundle;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * The headers of a bundle's tar (POSIX ustar; pax where a size needs it), a pure function of name, size and time. So a
 * reader, who knows these from the table, does not interpret a header: it must be these bytes. That leaves no room for a
 * path, a link or a size that somebody else thought of, and tells of a changed bit where no checksum would. By ourselves,
 * because these bytes must never change; a library's may with its next version.
 */
final class TarHeader {
    /** Everything in a tar is a multiple of this. */
    static final int BLOCK = 512;

    /** A bundle ends with so many zeros. */
    static final int END = 2 * BLOCK;

    private static final int SIZE_AT = 124;
    private static final int TIME_AT = 136;
    private static final int CHECKSUM_AT = 148;
    private static final int NUMBER = 12;

    /** From here on, a size has no room in the plain header (8 GiB). */
    private static final long LARGE = 1L << 33;

    private TarHeader() {}

    /** The header of a member: one block, or three. */
    static byte[] of(String name, long size, long epochSecond) {
        if (size < LARGE) {
            return block(name, size, epochSecond, '0');
        }
        byte[] record = paxSize(size);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(3 * BLOCK);
        bytes.writeBytes(block("pax/" + name, record.length, epochSecond, 'x'));
        bytes.writeBytes(Arrays.copyOf(record, BLOCK));
        bytes.writeBytes(block(name, 0, epochSecond, '0'));
        return bytes.toByteArray();
    }

    /** {@code LENGTH size=SIZE}, where the length counts its own digits too. */
    private static byte[] paxSize(long size) {
        String rest = " size=" + size + "\n";
        int length = rest.length() + Integer.toString(rest.length() + 2).length();
        return (length + rest).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] block(String name, long size, long epochSecond, char type) {
        byte[] block = new byte[BLOCK];
        put(block, 0, name);
        put(block, 100, "0000644\0" + "0000000\0" + "0000000\0");
        put(block, SIZE_AT, octal(size));
        put(block, TIME_AT, octal(epochSecond));
        put(block, CHECKSUM_AT, "        ");
        put(block, 156, String.valueOf(type));
        put(block, 257, "ustar\0" + "00");
        put(block, 329, "0000000\0" + "0000000\0");
        int sum = 0;
        for (byte its : block) {
            sum += its & 0xff;
        }
        put(block, CHECKSUM_AT, String.format(Locale.ROOT, "%06o\0 ", sum));
        return block;
    }

    private static String octal(long number) {
        return String.format(Locale.ROOT, "%011o\0", number);
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    /** The size that a plain header states, if it states one. */
    static OptionalLong size(byte[] header) {
        return number(header, SIZE_AT);
    }

    /** The time that a header states, if it states one. */
    static OptionalLong time(byte[] header) {
        return number(header, TIME_AT);
    }

    private static OptionalLong number(byte[] header, int at) {
        String text = new String(header, at, NUMBER, StandardCharsets.US_ASCII);
        return text.matches("[0-7]{11}\0")
                ? OptionalLong.of(Long.parseLong(text.substring(0, NUMBER - 1), 8))
                : OptionalLong.empty();
    }

    /** How many zeros follow so many bytes. */
    static int padding(long size) {
        return (int) (-size & (BLOCK - 1));
    }

    /** What a member takes, all in all. */
    static long whole(long size) {
        return (size < LARGE ? BLOCK : 3 * BLOCK) + size + padding(size);
    }
}
