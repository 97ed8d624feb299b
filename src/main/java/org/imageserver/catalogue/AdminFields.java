package org.imageserver.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.imageserver.manifest.InvalidManifestException;
import org.imageserver.manifest.ManifestJson;

/**
 * What of an image is shown to administrators beside the rest ({@code inclAdminFields}): facts of this server, which
 * mean nothing elsewhere. Made when it is asked for, which is seldom.
 */
public final class AdminFields {
    /** The name of the one place where files are kept; the peer also knows manta. */
    public static final String STORAGE = "local";

    private AdminFields() {}

    /** The manifest of an image with these fields. */
    public static Rendered shown(Image image) {
        ObjectNode manifest = manifest(image);
        for (JsonNode file : manifest.path("files")) {
            addTo((ObjectNode) file);
        }
        return new Rendered(ManifestJson.toBytes(manifest));
    }

    private static void addTo(ObjectNode file) {
        file.put("stor", STORAGE);
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
