package org.imageserver.http.dsapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Sha1;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.http.Body;
import org.imageserver.http.Reply;
import org.imageserver.manifest.DiskManifest;
import org.imageserver.manifest.DsapiManifest;
import org.imageserver.manifest.DsapiSettings;
import org.imageserver.manifest.InvalidManifestException;
import org.imageserver.manifest.Manifest;
import org.imageserver.manifest.ManifestJson;

/**
 * Images as datasets. A dataset names the host that its client used, so there is a list for each host; the last few
 * are kept. Thread-safe.
 */
final class DatasetList {
    /** A site has one or two names; more are a client's game, and are rendered each time. */
    private static final int KEPT = 4;

    private final DsapiSettings settings;
    private final Map<String, Rendered> kept = new LinkedHashMap<>();

    DatasetList(DsapiSettings settings) {
        this.settings = settings;
    }

    private record Rendered(Snapshot snapshot, Reply.Content reply) {}

    /** The rendered list, if it is at hand. */
    synchronized Optional<Reply> find(Snapshot snapshot, String baseUrl) {
        return Optional.ofNullable(kept.get(baseUrl))
                .filter(rendered -> rendered.snapshot() == snapshot)
                .map(Rendered::reply);
    }

    /** Renders the list; at 10,000 images this takes a while, so it is work for the pool. */
    Reply render(Snapshot snapshot, String baseUrl) {
        StringBuilder json = new StringBuilder("[");
        for (Image image : snapshot.list().images()) {
            json.append(json.length() > 1 ? "," : "").append(dataset(image, baseUrl));
        }
        Body body = Body.of(json.append(']').toString()).compressed();
        Reply.Content reply = Reply.json(body, Sha1.hex(json.toString().getBytes(StandardCharsets.UTF_8)));
        keep(baseUrl, new Rendered(snapshot, reply));
        return reply;
    }

    private synchronized void keep(String baseUrl, Rendered rendered) {
        kept.put(baseUrl, rendered);
        if (kept.size() > KEPT) {
            kept.remove(kept.keySet().iterator().next());
        }
    }

    /** One image as DSAPI shows it. */
    ObjectNode dataset(Image image, String baseUrl) {
        return DsapiManifest.toJson(disk(image), settings, baseUrl + "/datasets/" + image.uuid() + "/");
    }

    /** The name of the image's file in its url; empty when it has no file. */
    static Optional<String> fileName(Image image) {
        return DsapiManifest.fileName(disk(image));
    }

    /** The snapshot keeps manifests as bytes; they were valid when it was made. */
    private static DiskManifest disk(Image image) {
        try {
            return new DiskManifest(
                    Manifest.of(ManifestJson.parse(image.json().bytes())),
                    image.v1().isPresent() ? ManifestJson.parse(image.v1().get().bytes()) : null,
                    image.file().map(Image.File::path).orElse(null));
        } catch (InvalidManifestException e) {
            throw new IllegalStateException("a rendered manifest is no manifest any more: " + image.uuid(), e);
        }
    }
}
