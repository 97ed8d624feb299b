package org.imageserver.http.dsapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.http.PackedList;
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
    private final ReentrantLock rendering = new ReentrantLock();
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

    /**
     * Renders the list. At 10,000 images this takes a second, so it is work for the pool, and only one thread does it at
     * a time: the others find the list when it is made.
     */
    Reply render(Snapshot snapshot, String baseUrl) {
        rendering.lock();
        try {
            Optional<Reply> made = find(snapshot, baseUrl);
            return made.isPresent()
                    ? made.get()
                    : keep(baseUrl, snapshot, render(snapshot.list().images(), baseUrl));
        } finally {
            rendering.unlock();
        }
    }

    /** Renders some images. */
    Reply.Content render(List<Image> images, String baseUrl) {
        return PackedList.of(images, image -> dataset(image, baseUrl).toString().getBytes(StandardCharsets.UTF_8));
    }

    private synchronized Reply keep(String baseUrl, Snapshot snapshot, Reply.Content reply) {
        kept.put(baseUrl, new Rendered(snapshot, reply));
        if (kept.size() > KEPT) {
            kept.remove(kept.keySet().iterator().next());
        }
        return reply;
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
