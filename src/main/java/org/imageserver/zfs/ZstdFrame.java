package org.imageserver.zfs;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * One zstd frame (RFC 8878), inflated, up to and including its checksum and not a byte further.
 *
 * <p>The decoder keeps 8 MiB of history whatever the frame declares, so memory stays small. A frame that declares more
 * ({@code zstd --long}, {@code --ultra -22}) is read all the same, and is unreadable only if it really reaches back
 * further.
 */
final class ZstdFrame extends BulkInputStream {
    private static final long MEBIBYTE = 1 << 20;

    private final InputStream decoder;
    private final ZstdFrameHeader header;
    private long inflated;

    private ZstdFrame(ZstdFrameHeader header, InputStream decoder) {
        this.header = header;
        this.decoder = decoder;
    }

    /** Opens the frame that begins here; a skippable frame is passed over and gives no bytes. */
    static InputStream open(Source source) throws IOException {
        if (isSkippable(source.peek(Compression.MAGIC_BYTES))) {
            source.skipNBytes(4);
            source.skipNBytes(source.readLittleEndian(4));
            return InputStream.nullInputStream();
        }
        source.skipNBytes(4);
        ZstdFrameHeader header = ZstdFrameHeader.read(source);
        return new ZstdFrame(header, new ZstdInputStream(new ZstdFrameBytes(source, header)));
    }

    /** Magic numbers 0x184D2A50 to 0x184D2A5F, little endian. */
    static boolean isSkippable(byte[] first) {
        return first.length >= 4
                && (first[0] & 0xf0) == 0x50
                && first[1] == 0x2a
                && first[2] == 0x4d
                && first[3] == 0x18;
    }

    @Override
    int readSome(byte[] bytes, int offset, int length) throws IOException {
        int count = decode(bytes, offset, length);
        inflated += Math.max(count, 0);
        if (count < 0 && header.contentSize() >= 0 && header.contentSize() != inflated) {
            throw new IOException("the length of the data does not match");
        }
        return count;
    }

    private int decode(byte[] bytes, int offset, int length) throws IOException {
        try {
            return decoder.read(bytes, offset, length);
        } catch (MalformedInputException e) {
            if (Long.compareUnsigned(header.window(), ZstdFrameHeader.HISTORY) > 0) {
                throw tooFarBack();
            }
            throw new IOException("it cannot be decoded, or its checksum does not match", e);
        } catch (UnsupportedOperationException e) {
            throw VerdictException.unreadable("This Java does not let the zstd decoder work: start it with"
                    + " --sun-misc-unsafe-memory-access=allow, or use another compression.");
        }
    }

    private VerdictException tooFarBack() {
        return VerdictException.unreadable("""
                This zstd file was made with a window of %s MiB (zstd --long or --ultra) and cannot be read with the \
                8 MiB that are kept here: it reaches back further, or it is damaged. Compress it again with at most \
                zstd -19 and without --long.""".formatted(Long.toUnsignedString(header.window() / MEBIBYTE)));
    }
}
