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

    /** The body with type, os and the fields that a volume needs, as far as the sender left them out. */
    static ObjectNode complete(ObjectNode body, ReceivedFile received) {
        ObjectNode complete = body.deepCopy();
        boolean isVolume = received.stream()
                .map(facts -> facts.last().type() == ObjectSetType.VOLUME)
                .orElse(false);
        putIfAbsent(complete, "type", isVolume ? "zvol" : "zone-dataset");
        putIfAbsent(complete, "os", isVolume ? "other" : "smartos");
        if (complete.path("type").asText().equals("zvol")) {
            putIfAbsent(complete, "nic_driver", "virtio");
            putIfAbsent(complete, "disk_driver", "virtio");
            putIfAbsent(complete, "cpu_type", "host");
            received.stream().ifPresent(facts -> putImageSize(complete, facts));
        }
        return complete;
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
