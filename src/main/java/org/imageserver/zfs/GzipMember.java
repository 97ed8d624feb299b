package org.imageserver.zfs;

import java.io.EOFException;
import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * One gzip member (RFC 1952), up to and including its trailer and not a byte further.
 *
 * <p>Not {@code GZIPInputStream}, which ignores garbage behind the last member, nor commons-compress, which keeps a
 * file name of any length in memory.
 */
final class GzipMember extends BulkInputStream {
    private static final int DEFLATED = 8;
    private static final int FLAG_HEADER_CRC = 0x02;
    private static final int FLAG_EXTRA = 0x04;
    private static final int FLAG_NAME = 0x08;
    private static final int FLAG_COMMENT = 0x10;
    private static final int FLAGS_RESERVED = 0xe0;

    private final Source source;
    private final CRC32 crc = new CRC32();
    private final Inflater inflater;
    private boolean ended;

    /** Reads the header. */
    GzipMember(Source source) throws IOException {
        this.source = source;
        readHeader();
        inflater = new Inflater(true);
    }

    @Override
    int readSome(byte[] bytes, int offset, int length) throws IOException {
        while (!ended) {
            int count = inflate(bytes, offset, length);
            if (count > 0) {
                crc.update(bytes, offset, count);
                return count;
            }
            if (inflater.finished()) {
                checkTrailer();
                ended = true;
            } else if (source.buffered() == 0 && source.fill(1) == 0) {
                throw new EOFException();
            }
        }
        return -1;
    }

    @Override
    public void close() {
        inflater.end();
    }

    /** Inflates straight from the source's buffer, so that exactly what was used is taken. */
    private int inflate(byte[] bytes, int offset, int length) throws IOException {
        int given = source.buffered();
        inflater.setInput(source.array(), source.offset(), given);
        try {
            return inflater.inflate(bytes, offset, length);
        } catch (DataFormatException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            source.advance(given - inflater.getRemaining());
        }
    }

    private void readHeader() throws IOException {
        headerBytes(2);
        if (headerByte() != DEFLATED) {
            throw new IOException("unknown compression method in the header");
        }
        int flags = headerByte();
        if ((flags & FLAGS_RESERVED) != 0) {
            throw new IOException("reserved flags are set in the header");
        }
        headerBytes(6);
        if ((flags & FLAG_EXTRA) != 0) {
            headerBytes(headerByte() | headerByte() << 8);
        }
        if ((flags & FLAG_NAME) != 0) {
            headerText();
        }
        if ((flags & FLAG_COMMENT) != 0) {
            headerText();
        }
        if ((flags & FLAG_HEADER_CRC) != 0) {
            long expected = crc.getValue() & 0xffff;
            if (source.readLittleEndian(2) != expected) {
                throw new IOException("the checksum of the header does not match");
            }
        }
        crc.reset();
    }

    private void headerBytes(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            headerByte();
        }
    }

    private void headerText() throws IOException {
        while (headerByte() != 0) {
            // Names and comments may have any length: they are passed over, never kept.
        }
    }

    private int headerByte() throws IOException {
        int value = (int) source.readLittleEndian(1);
        crc.update(value);
        return value;
    }

    private void checkTrailer() throws IOException {
        if (source.readLittleEndian(4) != crc.getValue()) {
            throw new IOException("the checksum of the data does not match");
        }
        if (source.readLittleEndian(4) != (inflater.getBytesWritten() & 0xffffffffL)) {
            throw new IOException("the length of the data does not match");
        }
    }
}
