package org.imageserver.storage.objects;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.imageserver.storage.SweepReport;

/**
 * Removes objects that no name leads to: what crashes, broken uploads and deletions have left. A change in the log says
 * first that they are going to be removed: a server that stood still and is about to name one of them has to read that
 * before its own change can be the next. Ages are by the store's clock. Used by one thread.
 */
final class BucketSweep {
    private static final String FILES = "files/";
    private static final String TURNS = "sweep/";

    private final ObjectStore store;
    private final ChangeLog log;
    private final String server;

    BucketSweep(ObjectStore store, ChangeLog log, String server) {
        this.store = store;
        this.log = log;
        this.server = server;
    }

    /**
     * Takes this hour's turn.
     *
     * @return false when another server has it
     */
    boolean takeTurn(Duration every) throws IOException {
        long number = Instant.now().getEpochSecond() / every.toSeconds();
        String turn = String.format(Locale.ROOT, TURNS + "%020d", number);
        if (!store.create(turn, by())) {
            return false;
        }
        List<String> old = new ArrayList<>(
                store.list(TURNS).stream().map(ObjectStore.Listed::name).toList());
        old.removeIf(name -> name.compareTo(turn) >= 0);
        store.delete(old);
        return true;
    }

    /**
     * Sweeps.
     *
     * @param rest how long an object must have been there without a name
     * @param isDry whether to tell only what would be removed
     */
    SweepReport sweep(Duration rest, boolean isDry) throws IOException {
        Instant limit = now().minus(rest);
        log.catchUp();
        List<ObjectStore.Listed> nameless = nameless(limit);
        List<String> names =
                new ArrayList<>(nameless.stream().map(ObjectStore.Listed::name).toList());
        if (!isDry && !names.isEmpty()) {
            collect(names);
            store.delete(names);
        }
        for (ObjectStore.Unfinished upload : store.unfinished(FILES)) {
            if (upload.begun().isBefore(limit)) {
                names.add(upload.name() + " (unfinished)");
                if (!isDry) {
                    store.abort(upload);
                }
            }
        }
        return new SweepReport(
                names, nameless.stream().mapToLong(ObjectStore.Listed::size).sum());
    }

    private List<ObjectStore.Listed> nameless(Instant limit) throws IOException {
        List<ObjectStore.Listed> objects = store.list(FILES);
        Set<String> named = log.namespace().objects();
        return objects.stream()
                .filter(object ->
                        !named.contains(object.name()) && object.modified().isBefore(limit))
                .toList();
    }

    /** Whose it is, for people; also because older stores refuse an object without a byte. */
    private byte[] by() {
        return ("by " + server).getBytes(StandardCharsets.UTF_8);
    }

    /** Whatever got a name meanwhile stays. */
    private void collect(List<String> names) throws IOException {
        log.append(now -> {
            names.removeAll(now.objects());
            List<String> news =
                    names.stream().filter(name -> !now.isCollected(name)).toList();
            return news.isEmpty() ? Optional.empty() : Optional.of(Change.collect(server, news));
        });
    }

    /** Clocks of servers jump; what matters is how long the store has had something. */
    private Instant now() throws IOException {
        String name = TURNS + "clock-" + UUID.randomUUID();
        store.create(name, by());
        try {
            return store.list(name).getFirst().modified();
        } finally {
            store.delete(List.of(name));
        }
    }
}
