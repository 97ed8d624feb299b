package org.imageserver.catalogue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.imageserver.catalogue.ImageReader.NotAnImage;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.NoSuchBlobException;
import org.imageserver.storage.Storage;
import org.imageserver.storage.Watch;
import org.imageserver.storage.objects.StoreDownException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a picture of the directory up to date: each look compares versions, and reads only the images whose manifest
 * or file changed. Not thread-safe.
 */
final class DirectoryScan {
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** From so many directories on, reading them is worth several threads. */
    private static final int MANY = 64;

    private final Storage storage;
    private final Watch watch;
    private final ImageReader reader;
    private final Map<String, Seen> seen = new HashMap<>();

    /** Names to look at again although the watch may have nothing to tell of them. */
    private final Set<String> doubtful = new HashSet<>();

    /** What other servers offer, by uuid: shown where nothing of that name is here, good or bad. */
    private Map<String, Image> offered = Map.of();

    private Snapshot snapshot = Snapshot.EMPTY;

    DirectoryScan(Storage storage, ImageReader reader) {
        this.storage = storage;
        this.watch = storage.watch();
        this.reader = reader;
    }

    /** What one directory was found to be, and by which versions of its files. */
    private sealed interface Seen {
        record Good(List<BlobInfo> blobs, Image image) implements Seen {}

        /** Temporary when it may become an image although nothing in the directory changes. */
        record Bad(List<BlobInfo> blobs, Problem problem, boolean isTemporary) implements Seen {}
    }

    /**
     * Looks at the directory.
     *
     * @return true when the picture is another one than before
     * @throws IOException when the directory as a whole cannot be read; the picture stays as it was
     */
    boolean look(Watch.Extent extent) throws IOException {
        Map<String, List<BlobInfo>> news = new HashMap<>();
        for (String name : doubtful) {
            news.put(name, storage.list(name + "/"));
        }
        // What the watch tells, it tells once: nothing may fail from here on.
        news.putAll(watch.look(extent));
        doubtful.clear();
        news.entrySet().removeIf(entry -> isAsSeen(entry.getKey(), entry.getValue()));
        return take(news);
    }

    /** Reads one directory again, whether it changed or not. */
    void refresh(String uuid) throws IOException {
        take(Map.of(uuid, storage.list(uuid + "/")));
        // The watch never sees what came this way if it is gone again at the next look.
        doubtful.add(uuid);
    }

    /**
     * Shows what other servers offer, in place of what they offered before. What is the very same object stays as it is.
     *
     * @return true when the picture is another one than before
     */
    @SuppressWarnings("ReferenceEquality")
    boolean offer(Map<String, Image> now) {
        List<Image> gone = offered.values().stream()
                .filter(image -> now.get(image.uuid()) != image && !seen.containsKey(image.uuid()))
                .toList();
        List<Image> come = now.values().stream()
                .filter(image -> offered.get(image.uuid()) != image && !seen.containsKey(image.uuid()))
                .toList();
        offered = Map.copyOf(now);
        if (gone.isEmpty() && come.isEmpty()) {
            return false;
        }
        snapshot = snapshot.with(gone, come, problems());
        return true;
    }

    /** The picture. */
    Snapshot snapshot() {
        return snapshot;
    }

    private boolean isAsSeen(String name, List<BlobInfo> blobs) {
        return switch (seen.get(name)) {
            case null -> !hasManifest(name, blobs);
            case Seen.Good good -> good.blobs().equals(blobs);
            case Seen.Bad bad -> !bad.isTemporary() && bad.blobs().equals(blobs);
        };
    }

    private static boolean hasManifest(String directory, List<BlobInfo> blobs) {
        String manifest = directory + "/" + StoredManifest.NAME;
        return blobs.stream().anyMatch(blob -> blob.key().value().equals(manifest));
    }

    /** Takes up what is in some directories now; true when that is other than before. */
    private boolean take(Map<String, List<BlobInfo>> directories) {
        List<Image> gone = new ArrayList<>();
        List<Image> come = new ArrayList<>();
        ScanNews news = new ScanNews();
        boolean isChanged = false;
        for (Map.Entry<String, Optional<Seen>> entry : read(directories).entrySet()) {
            Seen current = entry.getValue().orElse(null);
            Seen before = current == null ? seen.remove(entry.getKey()) : seen.put(entry.getKey(), current);
            isChanged |= !isSameProblem(before, current);
            if (before instanceof Seen.Good good) {
                gone.add(good.image());
            }
            if (current instanceof Seen.Good good) {
                come.add(good.image());
            }
            if ((before == null) != (current == null)) {
                Optional.ofNullable(offered.get(entry.getKey())).ifPresent((current == null ? come : gone)::add);
            }
            if (current instanceof Seen.Good good && !good.blobs().equals(directories.get(entry.getKey()))) {
                doubtful.add(entry.getKey());
            }
            tell(news, entry.getKey(), before, current);
        }
        news.log();
        if (isChanged) {
            snapshot = snapshot.with(gone, come, problems());
        }
        return isChanged;
    }

    private void tell(ScanNews news, String name, @Nullable Seen before, @Nullable Seen current) {
        if (current instanceof Seen.Bad bad) {
            if (bad.isTemporary()) {
                doubtful.add(name);
            }
            if (!isSameProblem(before, bad)) {
                news.problem(bad.problem(), bad.isTemporary());
            }
        }
        if (before instanceof Seen.Good good && !(current instanceof Seen.Good)) {
            news.gone(good.image());
        }
        if (current instanceof Seen.Good good && !(before instanceof Seen.Good)) {
            news.served(good.image());
        }
    }

    private static boolean isSameProblem(@Nullable Seen before, @Nullable Seen current) {
        return before instanceof Seen.Bad then
                && current instanceof Seen.Bad still
                && then.problem().equals(still.problem());
    }

    private List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        for (Seen one : seen.values()) {
            if (one instanceof Seen.Bad bad) {
                problems.add(bad.problem());
            }
        }
        return problems;
    }

    /** In a stable order; nothing where there is no manifest, for those directories are none of our business. */
    private Map<String, Optional<Seen>> read(Map<String, List<BlobInfo>> directories) {
        Stream<String> names = directories.keySet().stream();
        Map<String, Optional<Seen>> read = new TreeMap<>();
        (directories.size() < MANY ? names : names.parallel())
                .map(name -> Map.entry(name, readIfImage(name, directories.getOrDefault(name, List.of()))))
                .toList()
                .forEach(entry -> read.put(entry.getKey(), entry.getValue()));
        return read;
    }

    private Optional<Seen> readIfImage(String directory, List<BlobInfo> blobs) {
        return hasManifest(directory, blobs) ? Optional.of(read(directory, blobs)) : Optional.empty();
    }

    private Seen read(String directory, List<BlobInfo> blobs) {
        try {
            if (!isUuid(directory)) {
                throw new NotAnImage("the directory holds a manifest, but its name is not a lower-case UUID");
            }
            Map<String, BlobInfo> byName = new HashMap<>();
            blobs.forEach(blob -> byName.put(blob.key().value().substring(directory.length() + 1), blob));
            return new Seen.Good(blobs, reader.read(directory, byName));
        } catch (NotAnImage e) {
            return bad(directory, blobs, String.valueOf(e.getMessage()), e.isTemporary());
        } catch (NoSuchBlobException e) {
            return bad(directory, blobs, "the manifest vanished while it was being read", false);
        } catch (StoreDownException e) {
            // What was seen is not unseen because the store is down for a moment.
            return seen.get(directory) instanceof Seen.Good good ? good : unreadable(directory, blobs, e);
        } catch (IOException e) {
            return unreadable(directory, blobs, e);
        }
    }

    private static Seen unreadable(String directory, List<BlobInfo> blobs, IOException e) {
        return bad(directory, blobs, "the manifest cannot be read: " + e, true);
    }

    static boolean isUuid(String directory) {
        return UUID.matcher(directory).matches();
    }

    private static Seen bad(String directory, List<BlobInfo> blobs, String reason, boolean isTemporary) {
        return new Seen.Bad(blobs, new Problem(directory + "/" + StoredManifest.NAME, reason), isTemporary);
    }
}
