package org.imageserver.http;

import java.io.InputStream;
import java.util.Iterator;
import java.util.stream.Stream;

/** Pieces of bytes, one after the other, each made when it is its turn. */
final class PieceStream extends InputStream {
    private final Iterator<byte[]> pieces;
    private byte[] piece = {};
    private int position;

    PieceStream(Stream<byte[]> pieces) {
        this.pieces = pieces.iterator();
    }

    @Override
    public int read() {
        return isAtEnd() ? -1 : piece[position++] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (isAtEnd()) {
            return -1;
        }
        int count = Math.min(length, piece.length - position);
        System.arraycopy(piece, position, to, offset, count);
        position += count;
        return count;
    }

    private boolean isAtEnd() {
        while (position == piece.length && pieces.hasNext()) {
            piece = pieces.next();
            position = 0;
        }
        return position == piece.length;
    }
}
