package org.imageserver.catalogue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.imageserver.catalogue.ImageReader.NotAnImage;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.NoSuchBlobException;
import org.imageserver.storage.Storage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a picture of the directory up to date: each look compares versions, and reads only the images whose manifest
 * or file changed. Not thread-safe.
 */
final class DirectoryScan {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryScan.class);
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private static final int MOST_NEWS = 20;

    private final Storage storage;
    private final ImageReader reader;
    private Map<String, Seen> seen = new HashMap<>();
    private List<BlobInfo> lastBlobs = List.of();
    private boolean isNewerThanLastBlobs;

    DirectoryScan(Storage storage, ImageReader reader) {
        this.storage = storage;
        this.reader = reader;
    }

    /** What one directory was found to be, and by which versions of its files; without them, it is read again. */
    private sealed interface Seen {
        List<BlobInfo> blobs();

        record Good(List<BlobInfo> blobs, Image image) implements Seen {}

        record Bad(List<BlobInfo> blobs, Problem problem) implements Seen {}
    }

    /**
     * Looks at the directory.
     *
     * @param forget uuids that must be read again although nothing changed
     * @return true when the picture is another one than before
     * @throws IOException when the directory as a whole cannot be read; the picture stays as it was
     */
    boolean look(List<String> forget) throws IOException {
        List<BlobInfo> blobs = storage.list("");
        if (blobs.equals(lastBlobs) && !isNewerThanLastBlobs && forget.isEmpty() && !isAnythingTemporary()) {
            return false;
        }
        Map<String, Seen> now = new HashMap<>();
        boolean isChanged = false;
        for (Map.Entry<String, List<BlobInfo>> directory : directories(blobs).entrySet()) {
            String name = directory.getKey();
            Seen before = seen.get(name);
            if (before != null && before.blobs().equals(directory.getValue()) && !forget.contains(name)) {
                now.put(name, before);
                continue;
            }
            Seen current = read(name, directory.getValue());
            isChanged |= !isSameProblem(before, current);
            now.put(name, current);
        }
        isChanged |= now.size() != seen.size();
        report(now);
        seen = now;
        lastBlobs = blobs;
        isNewerThanLastBlobs = false;
        return isChanged;
    }

    private boolean isAnythingTemporary() {
        return seen.values().stream().anyMatch(one -> one.blobs().isEmpty());
    }

    /** Reads one directory again. */
    void refresh(String uuid) throws IOException {
        List<BlobInfo> blobs = storage.list(uuid + "/");
        boolean hasManifest = blobs.stream().anyMatch(blob -> blob.key().equals(StoredManifest.key(uuid)));
        Map<String, Seen> now = new HashMap<>(seen);
        if (hasManifest) {
            now.put(uuid, read(uuid, blobs));
        } else {
            now.remove(uuid);
        }
        report(now);
        seen = now;
        // What came this way may be gone again at the next look, whose list then equals the one before.
        isNewerThanLastBlobs = true;
    }

    private static boolean isSameProblem(@Nullable Seen before, Seen current) {
        return before instanceof Seen.Bad then
                && current instanceof Seen.Bad still
                && then.problem().equals(still.problem());
    }

    Snapshot snapshot() {
        List<Image> images = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (Seen one : seen.values()) {
            switch (one) {
                case Seen.Good good -> images.add(good.image());
                case Seen.Bad bad -> problems.add(bad.problem());
            }
        }
        return new Snapshot(images, problems);
    }

    /** Everything that has a manifest, by directory. Other directories are none of our business. */
    private Map<String, List<BlobInfo>> directories(List<BlobInfo> all) {
        Map<String, List<BlobInfo>> directories = new TreeMap<>();
        for (BlobInfo blob : all) {
            String key = blob.key().value();
            int slash = key.indexOf('/');
            if (slash > 0) {
                directories
                        .computeIfAbsent(key.substring(0, slash), name -> new ArrayList<>(2))
                        .add(blob);
            }
        }
        directories
                .values()
                .removeIf(blobs ->
                        blobs.stream().noneMatch(blob -> blob.key().value().endsWith("/" + StoredManifest.NAME)));
        return directories;
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
            return bad(directory, e.isTemporary() ? List.of() : blobs, String.valueOf(e.getMessage()));
        } catch (NoSuchBlobException e) {
            return bad(directory, blobs, "the manifest vanished while it was being read");
        } catch (IOException e) {
            return bad(directory, List.of(), "the manifest cannot be read: " + e);
        }
    }

    static boolean isUuid(String directory) {
        return UUID.matcher(directory).matches();
    }

    private static Seen bad(String directory, List<BlobInfo> blobs, String reason) {
        return new Seen.Bad(blobs, new Problem(directory + "/" + StoredManifest.NAME, reason));
    }

    /** Says each problem once, and which images came and went; of a crowd only how many. */
    private void report(Map<String, Seen> now) {
        List<String> news = new ArrayList<>();
        now.forEach((name, current) -> {
            Seen before = seen.get(name);
            switch (current) {
                case Seen.Bad bad -> {
                    if (!isSameProblem(before, bad)) {
                        String verb = bad.blobs().isEmpty() ? "not served yet" : "not served";
                        LOG.atWarn().addKeyValue("path", bad.problem().path()).log("{}: {}", verb, bad.problem());
                    }
                }
                case Seen.Good good -> {
                    if (!(before instanceof Seen.Good)) {
                        news.add("now served: " + described(name, good));
                    }
                }
            }
        });
        seen.forEach((name, before) -> {
            if (before instanceof Seen.Good good && !(now.get(name) instanceof Seen.Good)) {
                news.add("no longer served: " + described(name, good));
            }
        });
        if (news.size() > MOST_NEWS) {
            LOG.info("{} images came or went", news.size());
        } else {
            news.forEach(LOG::info);
        }
    }

    private static String described(String name, Seen.Good good) {
        return name + " (" + good.image().name() + " " + good.image().version() + ")";
    }
}
