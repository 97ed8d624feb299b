package org.imageserver.catalogue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.imageserver.manifest.DiskManifest;
import org.imageserver.manifest.ImageFile;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.NoSuchBlobException;
import org.imageserver.storage.PendingBlob;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files and icons that were read again and are not what they were: their images are listed, and they are not served
 * until bytes with the right sha1 are there, or another icon. Remembered beside the images, a small file for each, so that a
 * command may read files while a server runs. Where that cannot be written, it holds until the server ends. Thread-safe.
 */
public final class Quarantine {
    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
    private static final String PREFIX = ".image-server/quarantine-";
    private static final String SUFFIX = ".json";

    /** Before the suffix, of an icon; who does not know it leaves it alone. */
    private static final String ICON = ".icon";

    /** A newer server may have remembered more. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Storage storage;
    private final Digests digests;
    private final StoredManifest manifests;
    private final Map<Place, Damage> entries = new ConcurrentHashMap<>();
    private volatile BiConsumer<String, String> whenFound = (uuid, reason) -> {};

    /** Those that could not be written down; guarded by this. */
    private final Set<Place> unwritten = new HashSet<>();

    /** What may be damaged. */
    private record Place(String uuid, Part part) {
        /** Where it is remembered. */
        BlobKey key() {
            return BlobKey.parse(PREFIX + uuid + (part == Part.ICON ? ICON : "") + SUFFIX);
        }

        static Optional<Place> of(BlobKey key) {
            String name = key.value().substring(PREFIX.length()).replace(SUFFIX, "");
            String uuid = name.replace(ICON, "");
            return DirectoryScan.isUuid(uuid)
                    ? Optional.of(new Place(uuid, name.endsWith(ICON) ? Part.ICON : Part.FILE))
                    : Optional.empty();
        }
    }

    /** Where it is remembered what is wrong with an image, if anything is. */
    static List<BlobKey> keys(String uuid) {
        return Arrays.stream(Part.values())
                .map(part -> new Place(uuid, part).key())
                .toList();
    }

    Quarantine(Storage storage, Digests digests, StoredManifest manifests) {
        this.storage = storage;
        this.digests = digests;
        this.manifests = manifests;
    }

    /** Has uuid and reason told to this one, of each file that is found to be damaged by whichever process. */
    void tell(BiConsumer<String, String> whom) {
        whenFound = whom;
    }

    /** What is wrong with the file or the icon of an image, if it is not served. */
    public Optional<Damage> find(String uuid, Part part) {
        return Optional.ofNullable(entries.get(new Place(uuid, part)));
    }

    /** The uuids of all images of which something is not served, sorted. */
    public List<String> uuids() {
        return entries.keySet().stream().map(Place::uuid).distinct().sorted().toList();
    }

    /** All that is wrong, sorted by path. */
    public List<Problem> problems() {
        return entries.values().stream()
                .map(damage -> new Problem(damage.path(), damage.sentence()))
                .sorted(Comparator.comparing(Problem::path))
                .toList();
    }

    /**
     * All that any process has found to be wrong, as it is remembered; for whoever only looks.
     *
     * @throws IOException when that cannot be read
     */
    List<Problem> remembered() throws IOException {
        catchUp();
        return problems();
    }

    /**
     * Takes up what is remembered, for an image that is about to be shown.
     *
     * @throws IOException when that cannot be read
     */
    synchronized void catchUp() throws IOException {
        takeUp();
    }

    /**
     * Takes up what another process has found, and lets go what is no longer damaged: another file came by hand or by
     * another server, and its bytes are known, or the image is gone.
     *
     * @return the images of which another process has found something
     * @throws IOException when the storage cannot be read
     */
    synchronized List<String> look(Snapshot snapshot) throws IOException {
        List<String> before = uuids();
        takeUp();
        List<String> found =
                uuids().stream().filter(uuid -> !before.contains(uuid)).toList();
        for (Map.Entry<Place, Damage> known : entries.entrySet()) {
            Place place = known.getKey();
            Optional<Image> image = snapshot.own(place.uuid());
            Optional<BlobInfo> blob = image.flatMap(place.part()::of);
            if (blob.isPresent()) {
                settle(place, known.getValue(), blob.get());
            } else if (isGone(place, image)) {
                forget(place);
            }
        }
        return found;
    }

    /** A manifest that is wrong for a moment takes away its image, and says nothing of the bytes. */
    private boolean isGone(Place place, Optional<Image> image) throws IOException {
        return (place.part() == Part.ICON && image.isPresent())
                || storage.stat(StoredManifest.key(place.uuid())).isEmpty();
    }

    private void takeUp() throws IOException {
        Set<Place> written = new HashSet<>();
        for (BlobInfo blob : storage.list(PREFIX)) {
            Optional<Place> named = Place.of(blob.key());
            if (named.isEmpty()) {
                continue;
            }
            Place place = named.get();
            written.add(place);
            if (!entries.containsKey(place)) {
                read(blob.key()).ifPresent(damage -> {
                    entries.put(place, damage);
                    whenFound.accept(place.uuid(), damage.reason());
                });
            }
        }
        entries.keySet().removeIf(place -> !written.contains(place) && !unwritten.contains(place));
    }

    private Optional<Damage> read(BlobKey key) throws IOException {
        try (StoredBlob blob = storage.open(key);
                InputStream stream = blob.stream(0, Long.MAX_VALUE)) {
            return Optional.of(
                    StateJson.read(JSON, stream, Damage.Remembered.class).damage());
        } catch (NoSuchBlobException e) {
            return Optional.empty();
        } catch (JsonProcessingException e) {
            LOG.warn("{} is damaged itself; its image is not served until it was read again", key);
            return Optional.of(Damage.Remembered.NOTHING.damage());
        }
    }

    /** Of the bytes that were found to be damaged, only reading them once more can tell that they are not. */
    private void settle(Place place, Damage damage, BlobInfo now) throws IOException {
        Optional<FileDigest> digest = damage.isOf(now) ? Optional.empty() : digests.find(now);
        if (digest.isPresent()) {
            judge(place.uuid(), place.part(), now, digest.get().sha1());
        }
    }

    /**
     * Takes note of what the bytes of a file or an icon are.
     *
     * @param found their sha1
     * @return what is wrong with them; then they are not served from now on
     * @throws IOException when the manifest cannot be read
     */
    synchronized Optional<Problem> judge(String uuid, Part part, BlobInfo blob, String found) throws IOException {
        Place place = new Place(uuid, part);
        Optional<String> expected = expected(place, blob);
        if (expected.isEmpty() || expected.get().equals(found)) {
            release(uuid, part);
            return Optional.empty();
        }
        return Optional.of(
                put(place, blob, expected.get(), "its sha1 is " + found + ", but should be " + expected.get()));
    }

    /** The sha1 that these bytes must have. Of an icon, another one is as good; so it is what it was when it was new. */
    private Optional<String> expected(Place place, BlobInfo blob) throws IOException {
        Optional<String> known = switch (place.part()) {
            case FILE -> right(place.uuid());
            case ICON ->
                find(place.uuid(), Part.ICON)
                        .filter(damage -> damage.isOf(blob))
                        .map(Damage::expected);
        };
        return known.or(() -> digests.find(blob).map(FileDigest::sha1));
    }

    /** The sha1 that the file of an image must have: as its manifest says, else as it was when it was still good. */
    Optional<String> right(String uuid) throws IOException {
        return manifests
                .find(uuid)
                .flatMap(Quarantine::stated)
                .or(() -> find(uuid, Part.FILE).map(Damage::expected));
    }

    private static Optional<String> stated(DiskManifest manifest) {
        return manifest.manifest().file().map(ImageFile::sha1);
    }

    /** Whether bytes of this sha1 are what the image is made of. */
    boolean isRight(String uuid, String sha1) throws IOException {
        return right(uuid).filter(sha1::equals).isPresent();
    }

    /** Takes note of bytes that cannot be read. */
    synchronized Problem unreadable(String uuid, Part part, BlobInfo blob, IOException failure) throws IOException {
        Place place = new Place(uuid, part);
        @Nullable String expected = expected(place, blob).orElse(null);
        return put(place, blob, expected, "it cannot be read: " + failure.getMessage());
    }

    private Problem put(Place place, BlobInfo blob, @Nullable String expected, String reason) {
        Damage before = entries.get(place);
        Damage damage = new Damage(
                blob.key().value(),
                blob.version(),
                expected,
                reason,
                before == null ? Instant.now().truncatedTo(ChronoUnit.SECONDS).toString() : before.since());
        if (!damage.equals(before)) {
            entries.put(place, damage);
            LOG.atWarn().addKeyValue("path", damage.path()).log("{}: {}", damage.path(), damage.sentence());
            if (before == null) {
                whenFound.accept(place.uuid(), damage.reason());
            }
            remember(place, damage);
        }
        return new Problem(damage.path(), damage.sentence());
    }

    private void remember(Place place, Damage damage) {
        unwritten.add(place);
        try (PendingBlob pending = storage.begin(place.key())) {
            pending.write(ByteBuffer.wrap(JSON.writeValueAsBytes(damage)));
            pending.commit();
            unwritten.remove(place);
        } catch (IOException e) {
            LOG.warn("{} cannot be written; after a restart it is served until it is read again", place.key(), e);
        }
    }

    /** Serves it again: what is there now is right. */
    synchronized void release(String uuid, Part part) throws IOException {
        Damage damage = entries.get(new Place(uuid, part));
        if (damage != null) {
            forget(new Place(uuid, part));
            LOG.atInfo().addKeyValue("path", damage.path()).log("{} is right again", damage.path());
        }
    }

    /** Forgets an image that is gone. */
    synchronized void forget(String uuid) throws IOException {
        for (Part part : Part.values()) {
            forget(new Place(uuid, part));
        }
    }

    private void forget(Place place) throws IOException {
        if (entries.containsKey(place)) {
            storage.delete(place.key());
            unwritten.remove(place);
            entries.remove(place);
        }
    }
}
