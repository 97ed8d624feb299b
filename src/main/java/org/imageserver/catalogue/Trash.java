package org.imageserver.catalogue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.imageserver.manifest.DiskManifest;
import org.imageserver.manifest.Manifest;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.LocalStorage;
import org.imageserver.storage.NoSuchBlobException;
import org.imageserver.storage.PendingBlob;
import org.imageserver.storage.StoredBlob;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images that were taken away and can still be had back: their files lie in {@code .image-server/trash/UUID/}, moved, not
 * copied. As everywhere, the manifest decides. On the way here it goes first, on the way back last; where it is when a
 * crash comes between, the rest of its image belongs, and {@link #tidy} brings it there. Thread-safe as long as
 * {@link Remover} is the only one to call what is not public.
 */
public final class Trash {
    private static final Logger LOG = LoggerFactory.getLogger(Trash.class);
    private static final BlobKey PLACE = BlobKey.parse(".image-server/trash");
    private static final String NOTE = "thrown-away.json";

    /** A newer server may have remembered more. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final LocalStorage storage;
    private final StoredManifest manifests;
    private final CatalogueSettings settings;

    /** Uses the trash of a directory of images; makes nothing yet. */
    public Trash(LocalStorage storage, CatalogueSettings settings) {
        this.storage = storage;
        this.settings = settings;
        this.manifests = manifests(storage);
    }

    private StoredManifest manifests(LocalStorage where) {
        return new StoredManifest(
                where, settings.defaultOwner(), settings.mode().isPublicByDefault());
    }

    /**
     * An image in the trash.
     *
     * @param name and version: "?" when its manifest cannot be read
     * @param bytes that it takes
     * @param at when it was thrown away
     * @param why in words
     */
    public record Thrown(String uuid, String name, String version, long bytes, Instant at, String why) {}

    /** What lies beside the files, where somebody may have edited it. */
    private record Note(@Nullable String at, @Nullable String why) {}

    /** What is in it, oldest first. */
    public List<Thrown> list() throws IOException {
        List<Thrown> all = new ArrayList<>();
        Optional<LocalStorage> place = storage.within(PLACE);
        for (String uuid : uuids()) {
            if (hasManifest(uuid)) {
                all.add(thrown(place.orElseThrow(), uuid, find(uuid).map(DiskManifest::manifest)));
            }
        }
        all.sort(Comparator.comparing(Thrown::at).thenComparing(Thrown::uuid));
        return all;
    }

    private boolean hasManifest(String uuid) throws IOException {
        return storage.stat(here(uuid, StoredManifest.NAME)).isPresent();
    }

    private static Thrown thrown(LocalStorage place, String uuid, Optional<Manifest> manifest) throws IOException {
        List<BlobInfo> blobs = place.list(uuid + "/");
        Note note = note(place, uuid);
        // Without a note, it is as if it came now: nothing is lost for want of one.
        Instant at = Instant.now();
        try {
            at = note.at() == null ? at : Instant.parse(note.at());
        } catch (DateTimeException e) {
            at = Instant.now();
        }
        return new Thrown(
                uuid,
                manifest.map(Manifest::name).orElse("?"),
                manifest.map(Manifest::version).orElse("?"),
                blobs.stream().mapToLong(BlobInfo::size).sum(),
                at,
                note.why() == null ? "" : note.why());
    }

    private static Note note(LocalStorage place, String uuid) throws IOException {
        try (StoredBlob blob = place.open(BlobKey.parse(uuid + "/" + NOTE));
                InputStream stream = blob.stream(0, Long.MAX_VALUE)) {
            return StateJson.read(JSON, stream, Note.class);
        } catch (NoSuchBlobException | JsonProcessingException e) {
            return new Note(null, null);
        }
    }

    private NavigableSet<String> uuids() throws IOException {
        NavigableSet<String> uuids = new TreeSet<>();
        Optional<LocalStorage> place = storage.within(PLACE);
        if (place.isPresent()) {
            place.get().namesInRoot().stream().filter(DirectoryScan::isUuid).forEach(uuids::add);
        }
        return uuids;
    }

    private static BlobKey here(String uuid, String name) {
        return PLACE.resolve(uuid + "/" + name);
    }

    private static BlobKey there(String uuid, String name) {
        return BlobKey.parse(uuid + "/" + name);
    }

    /** The manifest of an image in the trash; empty also when it is broken. */
    Optional<DiskManifest> find(String uuid) throws IOException {
        Optional<LocalStorage> place = storage.within(PLACE);
        return place.isPresent() ? manifests(place.get()).find(uuid) : Optional.empty();
    }

    /** Takes an image in; it vanishes with the first step that moves anything. */
    void take(DiskManifest image, String why) throws IOException {
        String uuid = image.manifest().uuid();
        List<String> names = names(image);
        for (String name : names) {
            BlobKey key = there(uuid, name);
            if (storage.stat(key).isPresent() && !storage.isMovable(key)) {
                throw new IOException(
                        key + " is a symlink, and cannot be moved to the trash; delete the image by hand");
            }
        }
        remove(uuid);
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        write(here(uuid, NOTE), JSON.writeValueAsBytes(new Note(now, why)));
        // A server that sees the image vanish forgets what was wrong with it.
        for (BlobKey damage : Quarantine.keys(uuid)) {
            copy(damage, here(uuid, damage.segments().getLast()));
        }
        for (String name : names) {
            storage.move(there(uuid, name), here(uuid, name));
        }
    }

    /** What belongs to an image, the manifest first. */
    private List<String> names(DiskManifest image) throws IOException {
        List<String> names = new ArrayList<>(List.of(StoredManifest.NAME));
        if (image.manifest().file().isPresent()) {
            names.add(FileReceiver.fileName(image));
        }
        storage.list(image.manifest().uuid() + "/").stream()
                .map(blob -> blob.key().segments().getLast())
                .filter(Icons::isIconName)
                .forEach(names::add);
        return names;
    }

    /**
     * Gives an image back.
     *
     * @return false when somebody has made an image of this uuid meanwhile; it is still here then
     */
    boolean giveBack(DiskManifest image) throws IOException {
        String uuid = image.manifest().uuid();
        List<String> moved = new ArrayList<>();
        try {
            if (!giveBack(uuid, moved)) {
                takeAgain(uuid, moved);
                return false;
            }
        } catch (IOException e) {
            // Without a manifest the image is here still, all of it.
            if (storage.stat(there(uuid, StoredManifest.NAME)).isEmpty()) {
                takeAgain(uuid, moved);
            }
            throw e;
        }
        // A server may have looked before there was an image that it is about, and have removed it.
        giveBackDamage(uuid);
        remove(uuid);
        return true;
    }

    private boolean giveBack(String uuid, List<String> moved) throws IOException {
        for (BlobInfo blob : storage.within(PLACE).orElseThrow().list(uuid + "/")) {
            String name = blob.key().segments().getLast();
            if (!name.equals(NOTE) && !name.equals(StoredManifest.NAME) && !isDamage(uuid, name)) {
                storage.move(here(uuid, name), there(uuid, name));
                moved.add(name);
            }
        }
        giveBackDamage(uuid);
        // The very bytes: version 1 says things that version 2 does not.
        return storage.createIfAbsent(there(uuid, StoredManifest.NAME), bytes(here(uuid, StoredManifest.NAME)));
    }

    private void takeAgain(String uuid, List<String> moved) throws IOException {
        for (String name : moved) {
            storage.move(there(uuid, name), here(uuid, name));
        }
    }

    private static boolean isDamage(String uuid, String name) {
        return Quarantine.keys(uuid).stream()
                .anyMatch(key -> key.segments().getLast().equals(name));
    }

    private void giveBackDamage(String uuid) throws IOException {
        for (BlobKey damage : Quarantine.keys(uuid)) {
            copy(here(uuid, damage.segments().getLast()), damage);
        }
    }

    private byte[] bytes(BlobKey key) throws IOException {
        try (StoredBlob blob = storage.open(key);
                InputStream stream = blob.stream(0, StoredManifest.MAX_BYTES)) {
            return stream.readAllBytes();
        }
    }

    private void copy(BlobKey from, BlobKey to) throws IOException {
        if (storage.stat(from).isPresent()) {
            write(to, bytes(from));
        }
    }

    private void write(BlobKey key, byte[] bytes) throws IOException {
        try (PendingBlob pending = storage.begin(key)) {
            pending.write(ByteBuffer.wrap(bytes));
            pending.commit();
        }
    }

    /**
     * Removes for good what was thrown away before a time.
     *
     * @return what is gone
     */
    public List<Thrown> empty(Instant before) throws IOException {
        List<Thrown> gone =
                list().stream().filter(thrown -> !thrown.at().isAfter(before)).toList();
        for (Thrown thrown : gone) {
            remove(thrown.uuid());
        }
        return gone;
    }

    /** The manifest first: without it, what is left is nothing. */
    private void remove(String uuid) throws IOException {
        storage.delete(here(uuid, StoredManifest.NAME));
        Optional<LocalStorage> place = storage.within(PLACE);
        if (place.isPresent()) {
            for (BlobInfo blob : place.get().list(uuid + "/")) {
                storage.delete(here(uuid, blob.key().segments().getLast()));
            }
        }
    }

    /** Ends what a crash has left half done: the bytes of an image go where its manifest is. */
    public void tidy() throws IOException {
        for (String uuid : uuids()) {
            Optional<DiskManifest> here = find(uuid);
            boolean isThere = manifests.find(uuid).isPresent();
            if (!hasManifest(uuid)) {
                remove(uuid);
            } else if (here.isEmpty()) {
                LOG.warn("{} is broken: mend it, or its image cannot be had back", here(uuid, StoredManifest.NAME));
            } else if (!isThere) {
                for (String name : names(here.get())) {
                    if (storage.stat(here(uuid, name)).isEmpty()) {
                        storage.move(there(uuid, name), here(uuid, name));
                    }
                }
            } else if (isWithoutFile(here.get())) {
                remove(uuid);
            }
        }
    }

    /** Given back, but for the last step. */
    private boolean isWithoutFile(DiskManifest image) throws IOException {
        return image.manifest().file().isPresent()
                && storage.stat(here(image.manifest().uuid(), FileReceiver.fileName(image)))
                        .isEmpty();
    }
}
