package org.imageserver.catalogue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.imageserver.manifest.InvalidManifestException;
import org.imageserver.manifest.ManifestJson;

/**
 * What of an image is shown to administrators beside the rest ({@code inclAdminFields}): where a file is kept, its
 * SHA-256 as soon as it is computed, some seconds after the upload, what its verification has found, and from where the
 * image was brought here. Made when it is asked for, which is seldom; reads the disk.
 * Thread-safe.
 */
public final class AdminFields {
    /** The name of the one place where files are kept; the peer also knows manta. */
    public static final String STORAGE = "local";

    private final Digests digests;
    private final Verifications verifications;
    private final Provenance provenance;

    AdminFields(Digests digests, Verifications verifications, Provenance provenance) {
        this.provenance = provenance;
        this.digests = digests;
        this.verifications = verifications;
    }

    /**
     * The manifest of an image with these fields.
     *
     * @param hasChannels whether the client knows of channels
     */
    public Rendered shown(Snapshot snapshot, Image image, boolean hasChannels) {
        ObjectNode manifest = manifest(image);
        if (!hasChannels) {
            manifest.remove("channels");
        }
        image.file().filter(file -> !image.isOffered()).ifPresent(file -> {
            ObjectNode shown = (ObjectNode) manifest.path("files").get(0);
            addTo(shown, file);
            verifications.of(snapshot, image).ifPresent(verification -> addTo(shown, verification));
        });
        provenance
                .of(image.uuid())
                .ifPresent(origin -> manifest.putObject("provenance")
                        .put("source", origin.shownSource())
                        .put("fetched", origin.fetched())
                        .put("verified", origin.verified()));
        return new Rendered(ManifestJson.toBytes(manifest));
    }

    private void addTo(ObjectNode shown, Image.File file) {
        shown.put("stor", STORAGE);
        digests.find(file.blob()).ifPresent(digest -> shown.put("sha256", digest.sha256()));
    }

    private static void addTo(ObjectNode shown, Verification verification) {
        shown.put("verification", verification.state().name().toLowerCase(Locale.ROOT));
        if (!verification.problems().isEmpty()) {
            verification.problems().forEach(shown.putArray("problems")::add);
        }
        verification.contents().ifPresent(contents -> addTo(shown.putObject("stream"), contents));
    }

    private static void addTo(ObjectNode shown, StreamContents contents) {
        shown.put("snapshot", contents.snapshot()).put("guid", contents.guid());
        if (contents.isIncremental()) {
            shown.put("fromguid", contents.fromguid());
        }
        contents.features().forEach(shown.putArray("features")::add);
        shown.put("size", contents.bytes());
        if (contents.volumeBytes() > 0) {
            shown.put("volsize", contents.volumeBytes());
        }
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
