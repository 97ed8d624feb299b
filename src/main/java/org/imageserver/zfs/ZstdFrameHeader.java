package org.imageserver.zfs;

import java.io.IOException;

/**
 * What the header of a zstd frame declares (RFC 8878, section 3.1.1.1).
 *
 * @param window bytes of history that a decoder may need, unsigned
 * @param contentSize bytes that the frame inflates to, unsigned, or -1 when it does not say
 */
record ZstdFrameHeader(long window, long contentSize, boolean hasChecksum) {
    /** What the decoder library can keep. */
    static final long HISTORY = 8 << 20;

    private static final int FLAG_CHECKSUM = 0x04;
    private static final int FLAG_RESERVED = 0x08;
    private static final int FLAG_SINGLE_SEGMENT = 0x20;
    private static final int WINDOW_LOG_BASE = 10;

    /** Reads what follows the magic number. */
    static ZstdFrameHeader read(Source source) throws IOException {
        int descriptor = (int) source.readLittleEndian(1);
        if ((descriptor & FLAG_RESERVED) != 0) {
            throw new IOException("reserved flags are set in the frame header");
        }
        boolean singleSegment = (descriptor & FLAG_SINGLE_SEGMENT) != 0;
        long window = singleSegment ? 0 : windowSize((int) source.readLittleEndian(1));
        int dictionaryBytes = (1 << (descriptor & 3)) >> 1;
        if (source.readLittleEndian(dictionaryBytes) != 0) {
            throw VerdictException.unreadable(
                    "This zstd file needs a dictionary, which nobody who receives it has: compress it without one.");
        }
        long contentSize = contentSize(source, descriptor >>> 6, singleSegment);
        return new ZstdFrameHeader(
                singleSegment ? contentSize : window, contentSize, (descriptor & FLAG_CHECKSUM) != 0);
    }

    /**
     * A header for the decoder library: the same frame, with the history cut to what the library can keep, and without
     * the content size, by which it would size its memory.
     */
    byte[] forDecoder() {
        byte descriptor = (byte) (hasChecksum ? FLAG_CHECKSUM : 0);
        return new byte[] {
            0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, descriptor, (byte) ((decoderWindowLog() - WINDOW_LOG_BASE) << 3)
        };
    }

    private int decoderWindowLog() {
        int log = WINDOW_LOG_BASE;
        while (1L << log < HISTORY && Long.compareUnsigned(1L << log, window) < 0) {
            log++;
        }
        return log;
    }

    private static long windowSize(int descriptor) {
        long base = 1L << (WINDOW_LOG_BASE + (descriptor >>> 3));
        return base + base / 8 * (descriptor & 7);
    }

    private static long contentSize(Source source, int sizeFlag, boolean singleSegment) throws IOException {
        return switch (sizeFlag) {
            case 0 -> singleSegment ? source.readLittleEndian(1) : -1;
            case 1 -> source.readLittleEndian(2) + 256;
            case 2 -> source.readLittleEndian(4);
            default -> source.readLittleEndian(8);
        };
    }
}
