package org.imageserver.catalogue;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
 * The images whose files were read again and are not what they were: they are listed, and their files are not served
 * until bytes with the right sha1 are there. Remembered beside the images, a small file for each, so that a command may
 * read files while a server runs. Where that cannot be written, it holds until the server ends. Thread-safe.
 */
public final class Quarantine {
    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
    private static final String PREFIX = ".image-server/quarantine-";
    private static final String SUFFIX = ".json";

    /** A newer server may have remembered more. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Storage storage;
    private final Digests digests;
    private final StoredManifest manifests;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private volatile BiConsumer<String, String> whenFound = (uuid, reason) -> {};

    /** Those that could not be written down; guarded by this. */
    private final Set<String> unwritten = new HashSet<>();

    /**
     * A damaged file.
     *
     * @param path of the file
     * @param version of the bytes that were read
     * @param expected what their sha1 should be; null when that was never known
     * @param reason what is wrong with them
     * @param since when that was found (ISO 8601)
     */
    public record Entry(
            String path, String version, @Nullable String expected, String reason, String since) {
        private boolean isOf(BlobInfo blob) {
            return path.equals(blob.key().value()) && version.equals(blob.version());
        }

        /** What is wrong, as a sentence. */
        @JsonIgnore
        public String sentence() {
            return "The file is damaged and not served: " + reason + ". It is served again when a file with the right"
                    + " sha1 is there.";
        }
    }

    /** As it lies in the storage, where somebody may have edited it. */
    private record Remembered(
            @Nullable String path,
            @Nullable String version,
            @Nullable String expected,
            @Nullable String reason,
            @Nullable String since) {
        /** That an image is named here is what counts: it is not served, whatever else is missing. */
        Entry entry() {
            return new Entry(
                    path == null ? "" : path,
                    version == null ? "" : version,
                    expected,
                    reason == null ? "it was found to be" : reason,
                    since == null ? "" : since);
        }
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

    private static BlobKey key(String uuid) {
        return BlobKey.parse(PREFIX + uuid + SUFFIX);
    }

    /** What is wrong with the file of an image, if it is not served. */
    public Optional<Entry> find(String uuid) {
        return Optional.ofNullable(entries.get(uuid));
    }

    /** The uuids of all images whose files are not served, sorted. */
    public List<String> uuids() {
        return entries.keySet().stream().sorted().toList();
    }

    /** All that is wrong, sorted by path. */
    public List<Problem> problems() {
        return entries.values().stream()
                .map(entry -> new Problem(entry.path(), entry.sentence()))
                .sorted(Comparator.comparing(Problem::path))
                .toList();
    }

    /**
     * All that any process has found to be wrong, as it is remembered; for whoever only looks.
     *
     * @throws IOException when that cannot be read
     */
    synchronized List<Problem> remembered() throws IOException {
        takeUp();
        return problems();
    }

    /**
     * Takes up what another process has found, and lets go what is no longer damaged: another file came by hand or by
     * another server, and its bytes are known, or the image is gone.
     *
     * @throws IOException when the storage cannot be read
     */
    synchronized void look(Snapshot snapshot) throws IOException {
        takeUp();
        for (Map.Entry<String, Entry> known : entries.entrySet()) {
            String uuid = known.getKey();
            Optional<BlobInfo> blob = snapshot.own(uuid).flatMap(Image::file).map(Image.File::blob);
            if (blob.isPresent()) {
                settle(uuid, known.getValue(), blob.get());
            } else if (storage.stat(StoredManifest.key(uuid)).isEmpty()) {
                forget(uuid);
            }
        }
    }

    private void takeUp() throws IOException {
        Set<String> written = new HashSet<>();
        for (BlobInfo blob : storage.list(PREFIX)) {
            String name = blob.key().value();
            String uuid = name.substring(PREFIX.length()).replace(SUFFIX, "");
            if (!DirectoryScan.isUuid(uuid)) {
                continue;
            }
            written.add(uuid);
            if (!entries.containsKey(uuid)) {
                read(blob.key()).ifPresent(entry -> {
                    entries.put(uuid, entry);
                    whenFound.accept(uuid, entry.reason());
                });
            }
        }
        entries.keySet().removeIf(uuid -> !written.contains(uuid) && !unwritten.contains(uuid));
    }

    private Optional<Entry> read(BlobKey key) throws IOException {
        try (StoredBlob blob = storage.open(key);
                InputStream stream = blob.stream(0, Long.MAX_VALUE)) {
            return Optional.of(JSON.readValue(stream, Remembered.class).entry());
        } catch (NoSuchBlobException e) {
            return Optional.empty();
        } catch (JsonProcessingException e) {
            LOG.warn("{} is damaged itself; its image is not served until it was read again", key);
            return Optional.of(new Remembered(null, null, null, null, null).entry());
        }
    }

    /** Of the bytes that were found to be damaged, only reading them once more can tell that they are not. */
    private void settle(String uuid, Entry entry, BlobInfo now) throws IOException {
        Optional<FileDigest> digest = entry.isOf(now) ? Optional.empty() : digests.find(now);
        if (digest.isPresent()) {
            judge(uuid, now, digest.get().sha1());
        }
    }

    /**
     * Takes note of what the bytes of a file are.
     *
     * @param found their sha1
     * @return what is wrong with them; then they are not served from now on
     * @throws IOException when the manifest cannot be read
     */
    synchronized Optional<Problem> judge(String uuid, BlobInfo blob, String found) throws IOException {
        Optional<String> expected = expected(uuid).or(() -> digests.find(blob).map(FileDigest::sha1));
        if (expected.isEmpty() || expected.get().equals(found)) {
            release(uuid);
            return Optional.empty();
        }
        return Optional.of(
                put(uuid, blob, expected.get(), "its sha1 is " + found + ", but should be " + expected.get()));
    }

    /** The sha1 that the file of an image must have: as its manifest says, else as it was when it was still good. */
    private Optional<String> expected(String uuid) throws IOException {
        return manifests
                .find(uuid)
                .flatMap(Quarantine::stated)
                .or(() -> find(uuid).map(Entry::expected));
    }

    private static Optional<String> stated(DiskManifest manifest) {
        return manifest.manifest().file().map(ImageFile::sha1);
    }

    /** Whether bytes of this sha1 are what the image is made of. */
    boolean isRight(String uuid, String sha1) throws IOException {
        return expected(uuid).filter(sha1::equals).isPresent();
    }

    /** Takes note of a file that cannot be read. */
    synchronized Problem unreadable(String uuid, BlobInfo blob, IOException failure) throws IOException {
        @Nullable
        String expected = expected(uuid)
                .or(() -> digests.find(blob).map(FileDigest::sha1))
                .orElse(null);
        return put(uuid, blob, expected, "it cannot be read: " + failure.getMessage());
    }

    private Problem put(String uuid, BlobInfo blob, @Nullable String expected, String reason) {
        Entry before = entries.get(uuid);
        Entry entry = new Entry(
                blob.key().value(),
                blob.version(),
                expected,
                reason,
                before == null ? Instant.now().truncatedTo(ChronoUnit.SECONDS).toString() : before.since());
        if (!entry.equals(before)) {
            entries.put(uuid, entry);
            LOG.atWarn().addKeyValue("path", entry.path()).log("{}: {}", entry.path(), entry.sentence());
            if (before == null) {
                whenFound.accept(uuid, entry.reason());
            }
            remember(uuid, entry);
        }
        return new Problem(entry.path(), entry.sentence());
    }

    private void remember(String uuid, Entry entry) {
        unwritten.add(uuid);
        try (PendingBlob pending = storage.begin(key(uuid))) {
            pending.write(ByteBuffer.wrap(JSON.writeValueAsBytes(entry)));
            pending.commit();
            unwritten.remove(uuid);
        } catch (IOException e) {
            LOG.warn("{} cannot be written; after a restart the file is served until it is read again", key(uuid), e);
        }
    }

    /** Serves the file of an image again: what it holds now is right. */
    synchronized void release(String uuid) throws IOException {
        Entry entry = entries.get(uuid);
        if (entry != null) {
            forget(uuid);
            LOG.atInfo().addKeyValue("path", entry.path()).log("the file of image {} is right again", uuid);
        }
    }

    /** Forgets an image that is gone. */
    synchronized void forget(String uuid) throws IOException {
        if (entries.containsKey(uuid)) {
            storage.delete(key(uuid));
            unwritten.remove(uuid);
            entries.remove(uuid);
        }
    }
}
