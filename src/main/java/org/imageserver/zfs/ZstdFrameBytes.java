package org.imageserver.zfs;

import java.io.EOFException;
import java.io.IOException;

/**
 * The compressed bytes of one zstd frame, block by block, for a decoder that would otherwise read on behind it. It
 * knows where the frame ends without decoding it, because every block says how long it is.
 */
final class ZstdFrameBytes extends BulkInputStream {
    private static final int LARGEST_BLOCK = 128 * 1024;
    private static final int BLOCK_HEADER_BYTES = 3;
    private static final int CHECKSUM_BYTES = 4;
    private static final int RLE = 1;
    private static final int RESERVED = 3;

    private final Source source;
    private final boolean hasChecksum;
    private byte[] pending;
    private int pendingNext;
    private int copyFromSource;
    private boolean lastBlock;
    private boolean checksumPassed;

    ZstdFrameBytes(Source source, ZstdFrameHeader header) {
        this.source = source;
        this.hasChecksum = header.hasChecksum();
        this.pending = header.forDecoder();
    }

    @Override
    int readSome(byte[] bytes, int offset, int length) throws IOException {
        if (pendingNext == pending.length && copyFromSource == 0 && !nextPart()) {
            return -1;
        }
        if (pendingNext < pending.length) {
            int count = Math.min(length, pending.length - pendingNext);
            System.arraycopy(pending, pendingNext, bytes, offset, count);
            pendingNext += count;
            return count;
        }
        int count = source.read(bytes, offset, Math.min(length, copyFromSource));
        if (count < 0) {
            throw new EOFException();
        }
        copyFromSource -= count;
        return count;
    }

    /** Moves on to the next block or to the checksum behind the last one; false at the end of the frame. */
    private boolean nextPart() throws IOException {
        if (!lastBlock) {
            nextBlock();
            return true;
        }
        if (hasChecksum && !checksumPassed) {
            checksumPassed = true;
            copyFromSource = CHECKSUM_BYTES;
            return true;
        }
        return false;
    }

    private void nextBlock() throws IOException {
        int header = (int) source.readLittleEndian(BLOCK_HEADER_BYTES);
        pending = new byte[] {(byte) header, (byte) (header >>> 8), (byte) (header >>> 16)};
        pendingNext = 0;
        lastBlock = (header & 1) != 0;
        int type = header >>> 1 & 3;
        int size = header >>> 3;
        if (type == RESERVED || size > LARGEST_BLOCK) {
            throw new IOException("a block header makes no sense");
        }
        copyFromSource = type == RLE ? 1 : size;
    }
}
