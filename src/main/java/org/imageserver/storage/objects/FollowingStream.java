package org.imageserver.storage.objects;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Reads what there is of a copy, waits for what comes, and turns to the store when nothing does. Used by one thread at a
 * time.
 */
final class FollowingStream extends RangeStream {
    private final CachedFile.Opened copy;
    private final StoredObject direct;
    private Optional<InputStream> rest = Optional.empty();

    FollowingStream(CachedFile.Opened copy, StoredObject direct, long offset, long end) {
        super(offset, end);
        this.copy = copy;
        this.direct = direct;
    }

    @Override
    int readSome(byte[] to, int offset, int length) throws IOException {
        if (rest.isEmpty()) {
            long available = copy.file().await(position());
            if (available > 0) {
                return readCopy(to, offset, (int) Math.min(length, available));
            }
            rest = Optional.of(direct.stream(position(), left()));
        }
        return rest.get().read(to, offset, length);
    }

    private int readCopy(byte[] to, int offset, int length) throws IOException {
        int read = copy.channel().read(ByteBuffer.wrap(to, offset, length), position());
        if (read < 0) {
            throw new IOException("the copy in the cache became shorter: " + copy.file());
        }
        return read;
    }
}
