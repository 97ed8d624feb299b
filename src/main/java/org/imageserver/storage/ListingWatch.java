package org.imageserver.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A watch for any storage: lists everything, and compares. */
final class ListingWatch implements Watch {
    private final Storage storage;
    private Map<String, List<BlobInfo>> last = Map.of();

    ListingWatch(Storage storage) {
        this.storage = storage;
    }

    @Override
    public synchronized Map<String, List<BlobInfo>> look(Extent extent) throws IOException {
        Map<String, List<BlobInfo>> now = directories();
        Map<String, List<BlobInfo>> changed = new HashMap<>(now);
        changed.entrySet().removeIf(entry -> entry.getValue().equals(last.get(entry.getKey())));
        last.keySet().stream().filter(name -> !now.containsKey(name)).forEach(name -> changed.put(name, List.of()));
        last = now;
        return changed;
    }

    private Map<String, List<BlobInfo>> directories() throws IOException {
        Map<String, List<BlobInfo>> directories = new HashMap<>();
        for (BlobInfo blob : storage.list("")) {
            String key = blob.key().value();
            int slash = key.indexOf('/');
            if (slash > 0 && slash == key.lastIndexOf('/')) {
                directories
                        .computeIfAbsent(key.substring(0, slash), name -> new ArrayList<>())
                        .add(blob);
            }
        }
        return directories;
    }
}
