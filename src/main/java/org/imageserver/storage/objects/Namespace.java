package org.imageserver.storage.objects;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.BlobKey;

/**
 * Which names there are after a change: a fold over the log. Changed by the log alone, one change at a time; read by any
 * thread.
 */
final class Namespace {
    /** How long a removed object is remembered. Whoever is about to name it has been uploading for that long. */
    private static final Duration COLLECTED_KEPT = Duration.ofDays(30);

    private final NavigableMap<String, Named> names = new ConcurrentSkipListMap<>();
    private final Map<String, Instant> collected = new ConcurrentHashMap<>();

    Optional<Named> find(BlobKey key) {
        return Optional.ofNullable(names.get(key.value()));
    }

    /** All names, sorted. */
    Collection<Named> all() {
        return names.values();
    }

    /** The names that begin with a text, sorted. */
    Collection<Named> startingWith(String prefix) {
        return names.tailMap(prefix).values().stream()
                .takeWhile(named -> named.info().key().value().startsWith(prefix))
                .toList();
    }

    /** The objects that have a name. */
    Set<String> objects() {
        Set<String> objects = new HashSet<>();
        for (Named named : names.values()) {
            if (named.content() instanceof Content.Stored stored) {
                objects.add(stored.object());
            }
        }
        return objects;
    }

    boolean isCollected(String object) {
        return collected.containsKey(object);
    }

    Map<String, Instant> collected() {
        return collected;
    }

    /** Takes a change up. */
    void apply(long number, Change change) {
        for (Change.Put put : change.puts()) {
            put(info(put, change, number), put.content());
        }
        change.deletes().forEach(key -> names.remove(key.value()));
        collected.values().removeIf(time -> time.isBefore(change.time().minus(COLLECTED_KEPT)));
        change.collected().forEach(object -> collected.put(object, change.time()));
    }

    /** Takes up all of another one; this one is empty. */
    void become(Namespace other) {
        names.putAll(other.names);
        collected.putAll(other.collected);
    }

    /** What the change of a number makes of a name. */
    static BlobInfo info(Change.Put put, Change change, long number) {
        return new BlobInfo(put.key(), put.size(), change.time(), Long.toString(number));
    }

    void put(BlobInfo info, Content content) {
        names.put(info.key().value(), new Named(info, content));
    }
}
