package org.imageserver.catalogue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.imageserver.manifest.InvalidManifestException;
import org.imageserver.manifest.ManifestJson;

/**
 * What of an image is shown to administrators beside the rest ({@code inclAdminFields}): where a file is kept, and its
 * SHA-256 as soon as it is computed, some seconds after the upload. Made when it is asked for, which is seldom.
 * Thread-safe.
 */
public final class AdminFields {
    /** The name of the one place where files are kept; the peer also knows manta. */
    public static final String STORAGE = "local";

    private final Digests digests;

    AdminFields(Digests digests) {
        this.digests = digests;
    }

    /** The manifest of an image with these fields. */
    public Rendered shown(Image image) {
        ObjectNode manifest = manifest(image);
        image.file().ifPresent(file -> addTo((ObjectNode) manifest.path("files").get(0), file));
        return new Rendered(ManifestJson.toBytes(manifest));
    }

    private void addTo(ObjectNode shown, Image.File file) {
        shown.put("stor", STORAGE);
        digests.find(file.blob()).ifPresent(digest -> shown.put("sha256", digest.sha256()));
    }

    /** The snapshot keeps manifests as bytes; they were valid when it was made. */
    private static ObjectNode manifest(Image image) {
        try {
            return ManifestJson.parse(image.json().bytes());
        } catch (InvalidManifestException e) {
            throw new IllegalStateException("a rendered manifest is no manifest any more: " + image.uuid(), e);
        }
    }
}
