package org.imageserver.mirror;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.StateJson;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.NoSuchBlobException;
import org.imageserver.storage.PendingBlob;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images that came on demand, and when each was downloaded last: what decides which of them make room. One that is not
 * in it never does. Thread-safe.
 */
final class Brought {
    private static final Logger LOG = LoggerFactory.getLogger(Brought.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final BlobKey REMEMBERED = BlobKey.parse(".image-server/on-demand.json");

    private final Storage storage;
    private final InstantSource clock;
    private final Map<String, Use> uses = new ConcurrentHashMap<>();
    private volatile boolean isChanged;

    /**
     * How an image is used.
     *
     * @param file the name of its file here, which no other image has: somebody may publish one of the same uuid later
     * @param last when it was downloaded last, in milliseconds since 1970
     */
    record Use(@Nullable String file, long last) {}

    /** Takes up what is remembered; what is damaged is as if nothing had come on demand. */
    Brought(Storage storage, InstantSource clock) {
        this.storage = storage;
        this.clock = clock;
        try (StoredBlob blob = storage.open(REMEMBERED);
                InputStream stream = blob.stream(0, Long.MAX_VALUE)) {
            Map<String, @Nullable Use> remembered = StateJson.read(JSON, stream, new TypeReference<>() {});
            remembered.forEach((uuid, use) -> {
                if (use != null) {
                    uses.put(uuid, use);
                }
            });
        } catch (NoSuchBlobException e) {
            LOG.debug("nothing has come on demand yet");
        } catch (JsonProcessingException e) {
            LOG.warn("{} is damaged; what came on demand stays for ever: {}", REMEMBERED, e.getOriginalMessage());
        } catch (IOException e) {
            LOG.warn("{} cannot be read; what came on demand stays for ever", REMEMBERED, e);
        }
    }

    private static String file(Image image) {
        return image.file().map(file -> file.blob().key().value()).orElse("");
    }

    /** An image came on demand. */
    void came(Image image) {
        uses.put(image.uuid(), new Use(file(image), clock.millis()));
        isChanged = true;
    }

    /** An image was downloaded just now; does nothing if it did not come on demand. Never waits. */
    void used(String uuid) {
        if (uses.computeIfPresent(uuid, (same, use) -> new Use(use.file(), clock.millis())) != null) {
            isChanged = true;
        }
    }

    /** The uuids of all that came on demand, whether they are here still or not. */
    Iterable<String> all() {
        return uses.keySet();
    }

    /** Whether this very image came on demand. */
    boolean has(Image image) {
        Use use = uses.get(image.uuid());
        return use != null && file(image).equals(use.file());
    }

    /** When it was downloaded last, in milliseconds since 1970; 0 when never. */
    long lastUse(String uuid) {
        Use use = uses.get(uuid);
        return use == null ? 0 : use.last();
    }

    /** Writes down what is not written yet, of those images alone that are here. */
    synchronized void save(Predicate<String> isHere) {
        if (!isChanged) {
            return;
        }
        isChanged = false;
        uses.keySet().removeIf(isHere.negate());
        try (PendingBlob pending = storage.begin(REMEMBERED)) {
            pending.write(ByteBuffer.wrap(JSON.writeValueAsBytes(new TreeMap<>(uses))));
            pending.commit();
        } catch (IOException e) {
            isChanged = true;
            LOG.warn("what came on demand cannot be remembered in {}: {}", REMEMBERED, e.toString());
        }
    }
}
