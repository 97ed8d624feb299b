package org.imageserver.catalogue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.imageserver.zfs.ObjectSetType;
import org.imageserver.zfs.StreamFacts;

/** What one-shot publishing fills into a manifest from the stream itself. */
final class OneShot {
    private static final long MEBIBYTE = 1024 * 1024;

    private OneShot() {}

    /** The type that the sender gave, if any. */
    static Optional<String> type(ObjectNode body) {
        return Optional.ofNullable(body.path("type").textValue());
    }

    /** The body as it will probably be completed: what is wrong with it should be said before 20 GB are sent. */
    static ObjectNode likely(ObjectNode body) {
        ObjectNode likely = body.deepCopy();
        boolean isVolume = body.has("image_size") || body.has("nic_driver") || body.has("disk_driver");
        putIfAbsent(likely, "type", isVolume ? "zvol" : "zone-dataset");
        completeVolume(likely);
        if (likely.path("type").asText().equals("zvol") && !likely.has("image_size")) {
            likely.put("image_size", 1);
        }
        putIfAbsent(likely, "os", "other");
        return likely;
    }

    /** The body with type, os and the fields that a volume needs, as far as the sender left them out. */
    static ObjectNode complete(ObjectNode body, ReceivedFile received) {
        ObjectNode complete = body.deepCopy();
        boolean isVolume = received.stream()
                .map(facts -> facts.last().type() == ObjectSetType.VOLUME)
                .orElse(false);
        putIfAbsent(complete, "type", isVolume ? "zvol" : "zone-dataset");
        putIfAbsent(complete, "os", isVolume ? "other" : "smartos");
        completeVolume(complete);
        if (complete.path("type").asText().equals("zvol")) {
            received.stream().ifPresent(facts -> putImageSize(complete, facts));
        }
        return complete;
    }

    private static void completeVolume(ObjectNode body) {
        if (body.path("type").asText().equals("zvol")) {
            putIfAbsent(body, "nic_driver", "virtio");
            putIfAbsent(body, "disk_driver", "virtio");
            putIfAbsent(body, "cpu_type", "host");
        }
    }

    private static void putImageSize(ObjectNode complete, StreamFacts facts) {
        if (!complete.has("image_size") && facts.volumeSize().isPresent()) {
            complete.put("image_size", Math.ceilDiv(facts.volumeSize().getAsLong(), MEBIBYTE));
        }
    }

    private static void putIfAbsent(ObjectNode body, String field, String value) {
        if (!body.has(field)) {
            body.put(field, value);
        }
    }
}
