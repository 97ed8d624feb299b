package org.imageserver.catalogue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
 * From where the images came that were brought here; remembered beside them, a small file for each, so that a command may
 * write while a server runs. Nothing of it is kept in memory. An image without one is this site's own, and no source has
 * a say in what becomes of it. Thread-safe; every method reads the disk.
 */
public final class Provenance {
    private static final Logger LOG = LoggerFactory.getLogger(Provenance.class);
    private static final String PREFIX = ".image-server/provenance-";
    private static final String SUFFIX = ".json";

    /** A newer server may have remembered more. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Storage storage;

    /**
     * Where an image is from.
     *
     * @param source the address of the server that had it, or in words what it was brought by
     * @param fetched when it was complete here (ISO 8601)
     * @param verified what was compared
     */
    public record Origin(String source, String fetched, String verified) {
        /** The source without the path of a URL, which may hold a token. */
        public String shownSource() {
            return source.replaceFirst("^(https?://[^/]*)/.*", "$1");
        }

        /** Of an image that was complete a moment ago. */
        public static Origin now(String source, String verified) {
            return new Origin(
                    source, Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), verified);
        }
    }

    /** As it lies in the storage, where somebody may have edited it. */
    private record Remembered(
            @Nullable String source,
            @Nullable String fetched,
            @Nullable String verified) {
        Optional<Origin> origin() {
            return source == null || fetched == null || verified == null
                    ? Optional.empty()
                    : Optional.of(new Origin(source, fetched, verified));
        }
    }

    /** Remembers in this storage. */
    public Provenance(Storage storage) {
        this.storage = storage;
    }

    private static BlobKey key(String uuid) {
        return BlobKey.parse(PREFIX + uuid + SUFFIX);
    }

    /** Where an image is from, if it was brought here; what cannot be read is as if it were not there, which a line says. */
    public Optional<Origin> of(String uuid) {
        return read(key(uuid));
    }

    private Optional<Origin> read(BlobKey key) {
        try (StoredBlob blob = storage.open(key);
                InputStream stream = blob.stream(0, Long.MAX_VALUE)) {
            return StateJson.read(JSON, stream, Remembered.class).origin();
        } catch (NoSuchBlobException e) {
            return Optional.empty();
        } catch (JsonProcessingException e) {
            LOG.warn("{} is damaged; the image is taken for this site's own: {}", key, e.getOriginalMessage());
        } catch (IOException e) {
            LOG.warn("{} cannot be read; the image is taken for this site's own", key, e);
        }
        return Optional.empty();
    }

    /**
     * All images from a source, by uuid.
     *
     * @throws IOException when it cannot be told which there are
     */
    public Map<String, Origin> from(String source) throws IOException {
        Map<String, Origin> its = new TreeMap<>();
        for (BlobInfo blob : storage.list(PREFIX)) {
            String name = blob.key().value();
            read(blob.key())
                    .filter(origin -> origin.source().equals(source))
                    .ifPresent(origin ->
                            its.put(name.substring(PREFIX.length(), name.length() - SUFFIX.length()), origin));
        }
        return its;
    }

    /** Remembers where an image is from; durable when it returns. */
    public void put(String uuid, Origin origin) throws IOException {
        try (PendingBlob pending = storage.begin(key(uuid))) {
            pending.write(ByteBuffer.wrap(JSON.writeValueAsBytes(origin)));
            pending.commit();
        }
    }

    /** The same for an image that is published by now: that this cannot be remembered takes nothing back; a line says so. */
    public void remember(String uuid, Origin origin) {
        try {
            put(uuid, origin);
        } catch (IOException e) {
            LOG.warn("where image {} is from cannot be remembered: {}", uuid, e.toString());
        }
    }

    /** Forgets an image that is gone. */
    public void remove(String uuid) throws IOException {
        storage.delete(key(uuid));
    }
}
