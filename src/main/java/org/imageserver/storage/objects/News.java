package org.imageserver.storage.objects;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.imageserver.storage.BlobKey;

/** Tells each watch which directories changed since it last asked. Thread-safe. */
final class News {
    private final List<Reader> readers = new CopyOnWriteArrayList<>();

    /** A key stands for something else now, or for nothing. */
    void add(BlobKey key) {
        directory(key).ifPresent(directory -> readers.forEach(reader -> reader.add(directory)));
    }

    /** What a key has before its only slash. */
    static Optional<String> directory(BlobKey key) {
        List<String> segments = key.segments();
        return segments.size() == 2 ? Optional.of(segments.getFirst()) : Optional.empty();
    }

    Reader newReader() {
        Reader reader = new Reader();
        readers.add(reader);
        return reader;
    }

    /** What one watch has not been told yet. */
    static final class Reader {
        private final Set<String> changed = new HashSet<>();

        synchronized void add(String directory) {
            changed.add(directory);
        }

        /** Takes all that is new. */
        synchronized Set<String> take() {
            Set<String> taken = Set.copyOf(changed);
            changed.clear();
            return taken;
        }
    }
}
