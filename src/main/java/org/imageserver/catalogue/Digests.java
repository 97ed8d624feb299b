package org.imageserver.catalogue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.NoSuchBlobException;
import org.imageserver.storage.PendingBlob;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The digests of files, computed once for each version of a file and remembered beside the catalogue, never in the
 * operator's manifests. A request only looks them up: hashing 20 GiB costs a minute. Thread-safe.
 */
final class Digests {
    private static final Logger LOG = LoggerFactory.getLogger(Digests.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final int CHUNK = 256 * 1024;

    /** Where they are remembered; hidden, so no listing shows it. */
    private static final BlobKey REMEMBERED = BlobKey.parse(".image-server/digests.json");

    private final Storage storage;
    private final Map<String, FileDigest> known = new ConcurrentHashMap<>();
    private volatile boolean isChanged;

    Digests(Storage storage) {
        this.storage = storage;
    }

    /** Takes up what was remembered; if that is damaged, everything is computed again. */
    void load() {
        try (StoredBlob blob = storage.open(REMEMBERED);
                InputStream stream = blob.stream(0, Long.MAX_VALUE)) {
            Map<String, FileDigest> remembered = JSON.readValue(stream, new TypeReference<>() {});
            // Those of an older version of this server lack a digest.
            remembered.values().removeIf(digest -> digest.sha256() == null);
            known.putAll(remembered);
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
        Optional<FileDigest> computed = Optional.ofNullable(known.get(blob.key().value()))
                .filter(digest -> digest.version().equals(blob.version()));
        return computed.or(() -> storage.checksums(blob)
                .map(stored -> new FileDigest(blob.version(), stored.md5(), stored.sha1(), stored.sha256())));
    }

    /**
     * Reads a file from start to end and keeps its digests.
     *
     * @param progress is told the bytes read so far
     * @return empty when the file was replaced or removed meanwhile
     * @throws IOException when it cannot be read
     * @throws InterruptedException when the server stops
     */
    Optional<FileDigest> compute(BlobInfo wanted, LongConsumer progress) throws IOException, InterruptedException {
        MessageDigest md5 = Sha1.newDigest("MD5");
        MessageDigest sha1 = Sha1.newDigest("SHA-1");
        MessageDigest sha256 = Sha1.newDigest("SHA-256");
        try (StoredBlob blob = storage.open(wanted.key())) {
            if (!blob.info().version().equals(wanted.version())) {
                return Optional.empty();
            }
            InputStream stream = blob.stream(0, Long.MAX_VALUE);
            byte[] chunk = new byte[Math.clamp(wanted.size(), 1, CHUNK)];
            long total = 0;
            for (int read = stream.read(chunk); read >= 0; read = stream.read(chunk)) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                md5.update(chunk, 0, read);
                sha1.update(chunk, 0, read);
                sha256.update(chunk, 0, read);
                total += read;
                progress.accept(total);
            }
        } catch (NoSuchBlobException e) {
            return Optional.empty();
        }
        boolean isSame = storage.stat(wanted.key())
                .filter(now -> now.version().equals(wanted.version()))
                .isPresent();
        if (!isSame) {
            return Optional.empty();
        }
        FileDigest digest = new FileDigest(
                wanted.version(),
                Base64.getEncoder().encodeToString(md5.digest()),
                HexFormat.of().formatHex(sha1.digest()),
                HexFormat.of().formatHex(sha256.digest()));
        known.put(wanted.key().value(), digest);
        isChanged = true;
        return Optional.of(digest);
    }

    /** Forgets files that are gone. */
    void retain(Set<String> existing) {
        if (known.keySet().retainAll(existing)) {
            isChanged = true;
        }
    }

    /** Writes down what is known, if anything changed; used by one thread. */
    void save() {
        if (!isChanged) {
            return;
        }
        isChanged = false;
        try (PendingBlob pending = storage.begin(REMEMBERED)) {
            pending.write(ByteBuffer.wrap(JSON.writeValueAsBytes(new HashMap<>(known))));
            pending.commit();
        } catch (IOException e) {
            LOG.warn(
                    "digests cannot be remembered in {}; the next start computes them again: {}",
                    REMEMBERED,
                    e.toString());
        }
    }
}
