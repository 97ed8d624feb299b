package org.imageserver.http.dsapi;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.imageserver.catalogue.GzipPiece;

/**
 * Gzipped lists of datasets for the hosts that were used last. After a change, only those chunks are compressed anew in
 * which something changed. One thread compresses at a time, and nobody waits for it: who finds it busy is given the
 * plain form. So a client that makes up hosts takes one processor at most. Thread-safe.
 */
final class GzippedDatasets {
    /** A site has one or two names. */
    private static final int KEPT = 4;

    private final ReentrantLock compressing = new ReentrantLock();

    /** For each base of urls, the last used last. */
    private final Map<String, Map<DatasetChunk, GzipPiece>> kept = new LinkedHashMap<>(KEPT, 0.75f, true);

    /** The answer gzipped, in parts that are only to be read, if it can be had now. */
    Optional<List<ByteBuffer>> find(DatasetAnswer answer) {
        if (!compressing.tryLock()) {
            return Optional.empty();
        }
        try {
            Map<DatasetChunk, GzipPiece> before = kept.getOrDefault(answer.base(), Map.of());
            Map<DatasetChunk, GzipPiece> now =
                    HashMap.newHashMap(answer.chunks().size());
            for (DatasetChunk chunk : answer.chunks()) {
                GzipPiece piece = before.get(chunk);
                now.put(chunk, piece != null ? piece : new GzipPiece(answer.elements(chunk)));
            }
            kept.put(answer.base(), now);
            if (kept.size() > KEPT) {
                kept.remove(kept.keySet().iterator().next());
            }
            return Optional.of(
                    GzipPiece.array(answer.chunks().stream().map(now::get).toList()));
        } finally {
            compressing.unlock();
        }
    }
}
