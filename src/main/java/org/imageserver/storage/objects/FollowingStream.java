package org.imageserver.storage.objects;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads what there is of a copy, waits for what comes, and turns to the store when nothing does. Used by one thread at a
 * time.
 */
final class FollowingStream extends InputStream {
    private final CachedFile.Opened copy;
    private final StoredObject direct;
    private final long end;
    private long position;
    private Optional<InputStream> rest = Optional.empty();

    FollowingStream(CachedFile.Opened copy, StoredObject direct, long offset, long end) {
        this.copy = copy;
        this.direct = direct;
        this.position = offset;
        this.end = end;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, to.length);
        if (length == 0) {
            return 0;
        }
        if (position >= end) {
            return -1;
        }
        if (rest.isPresent()) {
            return rest.get().read(to, offset, length);
        }
        long available = Math.min(copy.file().await(position), end - position);
        if (available == 0) {
            rest = Optional.of(direct.stream(position, end - position));
            return rest.get().read(to, offset, length);
        }
        int read = copy.channel().read(ByteBuffer.wrap(to, offset, (int) Math.min(length, available)), position);
        if (read < 0) {
            throw new IOException("the copy in the cache became shorter: " + copy.file());
        }
        position += read;
        return read;
    }
}
