package org.imageserver.mirror;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.NoSuchBlobException;
import org.imageserver.storage.PendingBlob;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From where the images came that were brought here; remembered beside them. An image that is not in it is this site's
 * own, and no source has a say in what becomes of it. Thread-safe.
 */
public final class Provenance {
    private static final Logger LOG = LoggerFactory.getLogger(Provenance.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final BlobKey REMEMBERED = BlobKey.parse(".image-server/provenance.json");

    private final Storage storage;
    private final Map<String, Origin> origins = new HashMap<>();

    /**
     * Where an image is from.
     *
     * @param source the address of the server that had it
     * @param fetched when it was complete here (ISO 8601)
     * @param verified what was compared
     */
    public record Origin(String source, String fetched, String verified) {}

    /** Reads what is remembered; where that is damaged, all images are taken for this site's own, and a line says so. */
    public Provenance(Storage storage) {
        this.storage = storage;
        try (StoredBlob blob = storage.open(REMEMBERED);
                InputStream stream = blob.stream(0, Long.MAX_VALUE)) {
            origins.putAll(JSON.readValue(stream, new TypeReference<Map<String, Origin>>() {}));
        } catch (NoSuchBlobException e) {
            LOG.debug("no image has been brought here yet");
        } catch (JsonProcessingException e) {
            LOG.warn(
                    "{} is damaged; images are kept whatever their sources do: {}", REMEMBERED, e.getOriginalMessage());
        } catch (IOException e) {
            LOG.warn("{} cannot be read; images are kept whatever their sources do", REMEMBERED, e);
        }
    }

    /** Where an image is from, if it was brought here. */
    public synchronized Optional<Origin> of(String uuid) {
        return Optional.ofNullable(origins.get(uuid));
    }

    /** The uuids of all images from a source. */
    synchronized Map<String, Origin> from(String source) {
        Map<String, Origin> its = new TreeMap<>(origins);
        its.values().removeIf(origin -> !origin.source().equals(source));
        return its;
    }

    /** Remembers where an image is from; durable when it returns. */
    synchronized void put(String uuid, Origin origin) throws IOException {
        origins.put(uuid, origin);
        save();
    }

    synchronized void remove(String uuid) throws IOException {
        if (origins.remove(uuid) != null) {
            save();
        }
    }

    private void save() throws IOException {
        try (PendingBlob pending = storage.begin(REMEMBERED)) {
            pending.write(ByteBuffer.wrap(JSON.writeValueAsBytes(new TreeMap<>(origins))));
            pending.commit();
        }
    }
}
