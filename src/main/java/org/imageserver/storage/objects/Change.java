package org.imageserver.storage.objects;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.imageserver.storage.BlobKey;

/**
 * What one server changes in one step: it takes place as a whole or not at all.
 *
 * @param id unique; by it a server finds out whether a change of unknown outcome is its own
 * @param by the server, for people
 * @param time by the server's clock; nothing depends on it
 * @param puts names and what they stand for from now on
 * @param deletes names that stand for nothing any more
 * @param collected objects that are going to be removed, so nothing may name them any more
 */
record Change(String id, String by, Instant time, List<Put> puts, List<BlobKey> deletes, List<String> collected) {
    /** A name and its bytes; the size is in bytes. */
    record Put(BlobKey key, long size, Content content) {}

    static Change put(String by, Put put) {
        return of(by, List.of(put), List.of(), List.of());
    }

    static Change delete(String by, BlobKey key) {
        return of(by, List.of(), List.of(key), List.of());
    }

    static Change collect(String by, List<String> objects) {
        return of(by, List.of(), List.of(), objects);
    }

    private static Change of(String by, List<Put> puts, List<BlobKey> deletes, List<String> collected) {
        return new Change(UUID.randomUUID().toString(), by, Instant.now(), puts, deletes, collected);
    }
}
