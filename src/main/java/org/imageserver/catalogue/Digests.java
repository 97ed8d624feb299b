package org.imageserver.catalogue;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
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
 * What is known of the bytes of files: their digests, and what the streams in them hold. Found out once for each version
 * of a file and remembered beside the catalogue, never in the operator's manifests. A request only looks it up: reading
 * 20 GiB takes minutes. Thread-safe.
 */
final class Digests {
    private static final Logger LOG = LoggerFactory.getLogger(Digests.class);

    /** A newer server may have remembered more. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    /** Where they are remembered; hidden, so no listing shows it. */
    private static final BlobKey REMEMBERED = BlobKey.parse(".image-server/digests.json");

    private final Storage storage;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    /** Files that are complete, but that no manifest names yet. */
    private final Set<String> arriving = ConcurrentHashMap.newKeySet();

    private volatile boolean isChanged;
    private boolean isLoaded;

    /**
     * What is known of one version of a file.
     *
     * @param digest null until the file was read, which after an upload takes a moment
     * @param stream null until it was looked at
     */
    private record Known(
            String version,
            @Nullable FileDigest digest,
            @Nullable StreamFinding stream) {
        Known with(FileReading reading) {
            return new Known(version, reading.digest(), reading.stream().orElse(stream));
        }
    }

    /** The same as it lies in the storage; servers of the beginning wrote neither sha256 nor stream. */
    private record Remembered(
            @Nullable String version,
            @Nullable String md5,
            @Nullable String sha1,
            @Nullable String sha256,
            @Nullable StreamFinding stream) {
        static Remembered of(Known known) {
            FileDigest digest = known.digest();
            return digest == null
                    ? new Remembered(known.version(), null, null, null, known.stream())
                    : new Remembered(known.version(), digest.md5(), digest.sha1(), digest.sha256(), known.stream());
        }

        /** Empty when it does not say of which bytes it is. */
        Optional<Known> known() {
            if (version == null) {
                return Optional.empty();
            }
            FileDigest digest =
                    md5 == null || sha1 == null || sha256 == null ? null : new FileDigest(md5, sha1, sha256);
            return Optional.of(new Known(version, digest, stream));
        }
    }

    Digests(Storage storage) {
        this.storage = storage;
    }

    /** Takes up what was remembered, once; if that is damaged, everything is computed again. */
    synchronized void load() {
        if (isLoaded) {
            return;
        }
        isLoaded = true;
        try (StoredBlob blob = storage.open(REMEMBERED);
                InputStream stream = blob.stream(0, Long.MAX_VALUE)) {
            Map<String, @Nullable Remembered> remembered = StateJson.read(JSON, stream, new TypeReference<>() {});
            remembered.forEach((key, entry) -> {
                if (entry != null) {
                    entry.known().ifPresent(its -> known.putIfAbsent(key, its));
                }
            });
        } catch (NoSuchBlobException e) {
            LOG.debug("no digests are remembered yet");
        } catch (JsonProcessingException e) {
            LOG.warn("{} is damaged; the digests will be computed again: {}", REMEMBERED, e.getOriginalMessage());
        } catch (IOException e) {
            LOG.warn("{} cannot be read; the digests will be computed again", REMEMBERED, e);
        }
    }

    /** The digests of exactly this version of a file, if they are known. */
    Optional<FileDigest> find(BlobInfo blob) {
        return knownOf(blob)
                .map(Known::digest)
                .or(() -> storage.checksums(blob)
                        .map(stored -> new FileDigest(stored.md5(), stored.sha1(), stored.sha256())));
    }

    /** What is in exactly this version of a file, if it was looked at. */
    Optional<StreamFinding> findStream(BlobInfo blob) {
        return knownOf(blob).map(Known::stream);
    }

    private Optional<Known> knownOf(BlobInfo blob) {
        return Optional.ofNullable(known.get(blob.key().value()))
                .filter(its -> its.version().equals(blob.version()));
    }

    /**
     * Reads a file from start to end and keeps its digests.
     *
     * @param isStream whether to look at the ZFS stream in it, too
     * @param progress is told the bytes read so far
     * @return empty when the file was replaced or removed meanwhile
     * @throws IOException when it cannot be read
     * @throws InterruptedException when the server stops
     */
    Optional<FileDigest> compute(BlobInfo wanted, boolean isStream, LongConsumer progress)
            throws IOException, InterruptedException {
        Optional<FileReading> reading = FileReading.of(storage, wanted, isStream, progress);
        reading.ifPresent(found -> put(wanted, known -> known.with(found)));
        return reading.map(FileReading::digest);
    }

    /** Keeps what an upload has found; until {@link #settled}, also while no manifest names the file. */
    void arrived(BlobInfo blob, StreamFinding finding) {
        arriving.add(blob.key().value());
        put(blob, known -> new Known(known.version(), known.digest(), finding));
    }

    /** Another blob has taken the place of one, or holds the same bytes: what is known of one is known of the other. */
    void same(BlobInfo known, BlobInfo blob) {
        knownOf(known).ifPresent(its -> put(blob, before -> new Known(blob.version(), its.digest(), its.stream())));
    }

    /** A manifest names the file by now, or it is gone. */
    void settled(BlobInfo blob) {
        arriving.remove(blob.key().value());
    }

    private void put(BlobInfo blob, UnaryOperator<Known> change) {
        known.compute(blob.key().value(), (key, before) -> {
            boolean isSame = before != null && before.version().equals(blob.version());
            return change.apply(isSame ? before : new Known(blob.version(), null, null));
        });
        isChanged = true;
    }

    /** Forgets files that are gone. */
    void retain(Set<String> existing) {
        if (known.keySet().removeIf(key -> !existing.contains(key) && !arriving.contains(key))) {
            isChanged = true;
        }
    }

    /** Writes down what is known, if anything changed; used by one thread at a time. */
    void save() {
        if (!isChanged) {
            return;
        }
        isChanged = false;
        Map<String, Remembered> remembered = HashMap.newHashMap(known.size());
        known.forEach((key, its) -> remembered.put(key, Remembered.of(its)));
        try (PendingBlob pending = storage.begin(REMEMBERED)) {
            pending.write(ByteBuffer.wrap(JSON.writeValueAsBytes(remembered)));
            pending.commit();
        } catch (ClosedByInterruptException e) {
            LOG.debug("stopped while the digests were being written; they are written once more", e);
            isChanged = true;
        } catch (IOException e) {
            LOG.warn(
                    "digests cannot be remembered in {}; the next start computes them again: {}",
                    REMEMBERED,
                    e.toString());
        }
    }
}
