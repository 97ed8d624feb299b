package org.imageserver.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.imageserver.storage.LocalDirectory.Stamp;
import org.jspecify.annotations.Nullable;

/**
 * Follows tens of thousands of directories that hardly ever change, every few seconds. A look in passing takes in the
 * names in the root, so that new directories and those that are gone are seen at once; the directories in which
 * something changed lately, since somebody may be at work in them; and so many of the others, in turn. Thread-safe.
 */
final class LocalWatch implements Watch {
    /** Directories that a look in passing takes in turn. A directory costs about 10 microseconds. */
    static final int TURN = 1000;

    /** Directories in which something changed lately that every look takes in. */
    static final int LATELY = 250;

    /** From so many on, a look is worth several threads. */
    private static final int MANY = 2 * (TURN + LATELY);

    private final LocalTree tree;
    private final TreeMap<String, LocalDirectory> directories = new TreeMap<>();

    /** Names in the root that may be directories, or become some without a change in it: a symlink's target appears. */
    private final Set<String> doubtful = new HashSet<>();

    /** Directories that were never looked at, or whose names went from the root. */
    private final Set<LocalDirectory> urgent = new LinkedHashSet<>();

    /** The least recent first. */
    private final LinkedHashSet<String> changedLately = new LinkedHashSet<>();

    /** What has changed and was not told yet: a look may end with an exception after it has seen a change. */
    private final Set<LocalDirectory> changed = ConcurrentHashMap.newKeySet();

    private String lastInTurn = "";
    private @Nullable Stamp settledRoot;

    LocalWatch(LocalTree tree) {
        this.tree = tree;
    }

    @Override
    public synchronized Map<String, List<BlobInfo>> look(Extent extent) throws IOException {
        lookAtRoot(extent);
        Set<LocalDirectory> due = new LinkedHashSet<>(urgent);
        switch (extent) {
            case EVERYTHING -> due.addAll(directories.values());
            case IN_TURN -> {
                changedLately.forEach(name -> due.add(directories.get(name)));
                addNextInTurn(due);
            }
        }
        refresh(due);
        urgent.clear();
        Map<String, List<BlobInfo>> news = new HashMap<>();
        for (LocalDirectory directory : changed) {
            news.put(directory.name(), directory.blobs());
            note(directory);
        }
        changed.clear();
        if (extent == Extent.EVERYTHING) {
            changedLately.clear();
        }
        return news;
    }

    private void note(LocalDirectory directory) {
        String name = directory.name();
        changedLately.remove(name);
        if (!directory.isThere()) {
            directories.remove(name);
            doubtful.add(name);
            return;
        }
        changedLately.add(name);
        if (changedLately.size() > LATELY) {
            changedLately.removeFirst();
        }
    }

    private void addNextInTurn(Collection<LocalDirectory> due) {
        for (int left = Math.min(TURN, directories.size()); left > 0; left--) {
            Map.Entry<String, LocalDirectory> next = directories.higherEntry(lastInTurn);
            if (next == null) {
                next = directories.firstEntry();
            }
            due.add(next.getValue());
            lastInTurn = next.getKey();
        }
    }

    private void refresh(Collection<LocalDirectory> due) throws IOException {
        if (due.size() < MANY) {
            for (LocalDirectory directory : due) {
                refresh(directory);
            }
            return;
        }
        try {
            due.parallelStream().forEach(directory -> {
                try {
                    refresh(directory);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void refresh(LocalDirectory directory) throws IOException {
        if (directory.refresh()) {
            changed.add(directory);
        }
    }

    /** A file system that is not mounted at the moment must not look like images that were deleted: it throws. */
    private void lookAtRoot(Extent extent) throws IOException {
        Stamp now = Stamp.of(LocalTree.attributes(tree.root()));
        if (extent == Extent.EVERYTHING || !now.equals(settledRoot)) {
            settledRoot = null;
            Set<String> names = tree.namesInRoot();
            directories.forEach((name, directory) -> {
                if (!names.remove(name)) {
                    urgent.add(directory);
                }
            });
            doubtful.clear();
            doubtful.addAll(names);
            settledRoot = now.isSettled() ? now : null;
        }
        for (String name : List.copyOf(doubtful)) {
            switch (tree.look(tree.root().resolve(name))) {
                case LocalEntry.Directory directory -> {
                    doubtful.remove(name);
                    urgent.add(directories.computeIfAbsent(name, key -> new LocalDirectory(tree, key)));
                }
                case LocalEntry.RegularFile file -> doubtful.remove(name);
                case LocalEntry.Refused refused -> {}
                case LocalEntry.Absent absent -> {}
            }
        }
    }
}
