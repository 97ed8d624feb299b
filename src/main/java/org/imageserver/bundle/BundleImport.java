package org.imageserver.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.imageserver.auth.Principal;
import org.imageserver.bundle.Contents.Entry;
import org.imageserver.bundle.Contents.Member;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.FileUpload;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Provenance;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.catalogue.StagedImages;
import org.imageserver.manifest.InvalidManifestException;
import org.imageserver.manifest.ManifestJson;

/**
 * Takes a bundle in: all of it is read and verified before any image of it is to be seen. Images that are there already
 * stay as they are. Used by one thread.
 */
public final class BundleImport {
    private static final int MAX_MANIFEST = 1024 * 1024;
    private static final int MAX_ICON = 128 * 1024;
    private static final int CHUNK = 256 * 1024;
    private static final Map<String, String> ICON_TYPES =
            Map.of("png", "image/png", "jpg", "image/jpeg", "gif", "image/gif");

    private final Catalogue catalogue;
    private final Snapshot before;
    private final StagedImages staged;
    private final BundleReader bundle;
    private final List<Entry> there = new ArrayList<>();
    private final List<Entry> different = new ArrayList<>();

    /**
     * What became of it.
     *
     * @param imported images that are new here
     * @param there images that were here before
     * @param different images that were here before, with another file; they stay, and somebody should look at them
     */
    public record Result(List<Entry> imported, List<Entry> there, List<Entry> different) {}

    private BundleImport(Catalogue catalogue, StagedImages staged, BundleReader bundle) {
        this.catalogue = catalogue;
        this.before = catalogue.snapshot();
        this.staged = staged;
        this.bundle = bundle;
    }

    /**
     * Imports.
     *
     * @param principal in whose name images are published
     * @throws BundleException when anything is wrong with the bundle; nothing of it is visible then
     * @throws IOException when it cannot be read, or the storage fails
     */
    public static Result run(Catalogue catalogue, Principal principal, BundleReader bundle) throws IOException {
        try (StagedImages staged = catalogue.publisher().stage(principal)) {
            return new BundleImport(catalogue, staged, bundle).run();
        }
    }

    private Result run() throws IOException {
        checkOrigins();
        checkRoom();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        for (Entry image : bundle.contents().images()) {
            Optional<Image> here = before.find(image.uuid());
            if (here.isPresent()) {
                pass(image, here.get(), chunk);
            } else {
                receive(image);
            }
        }
        bundle.finish();
        Set<String> published = new HashSet<>(staged.publish());
        Provenance.Origin origin = origin();
        published.forEach(uuid -> catalogue.provenance().remember(uuid, origin));
        List<Entry> imported = bundle.contents().images().stream()
                .filter(image -> published.contains(image.uuid()))
                .toList();
        return new Result(imported, there, different);
    }

    private Provenance.Origin origin() {
        String made = "a bundle made " + bundle.contents().created();
        return bundle.signer()
                .map(key -> Provenance.Origin.now(
                        made + ", signed with the key " + key, "signature, sha256, sha1 and stream"))
                .orElseGet(() -> Provenance.Origin.now(made + ", not signed", "sha256, sha1 and stream"));
    }

    private void checkOrigins() throws BundleException {
        Set<String> earlier = new HashSet<>();
        List<String> missing = new ArrayList<>();
        for (Entry image : bundle.contents().images()) {
            String origin = image.origin();
            boolean isThere = origin == null
                    || earlier.contains(origin)
                    || before.find(origin).isPresent()
                    || before.find(image.uuid()).isPresent();
            if (!isThere) {
                missing.add(image + " builds on " + origin);
            }
            earlier.add(image.uuid());
        }
        if (!missing.isEmpty()) {
            throw new BundleException(
                    "images of the bundle build on others that are neither here nor before them in the"
                            + " bundle: " + String.join("; ", missing)
                            + ". Make it anew with: bundle create --with-origins, or import the bundle with the origins first");
        }
    }

    private void checkRoom() throws IOException {
        long needed = bundle.contents().images().stream()
                .filter(image -> before.find(image.uuid()).isEmpty())
                .mapToLong(image -> image.file().size())
                .sum();
        long usable = catalogue.usableBytes();
        if (needed > usable) {
            throw new BundleException("the new images of the bundle have " + needed
                    + " bytes, but the storage has room for " + usable + "; nothing was imported");
        }
    }

    private ObjectNode manifest(Entry image) throws IOException {
        try {
            ObjectNode manifest = ManifestJson.parse(bundle.nextWhole(image.manifest(), MAX_MANIFEST));
            if (!image.uuid().equals(manifest.path("uuid").textValue())
                    || !Objects.equals(image.origin(), manifest.path("origin").textValue())) {
                throw new BundleException(
                        "the table of the bundle and the manifest of " + image + " contradict each other");
            }
            return manifest;
        } catch (InvalidManifestException e) {
            throw new BundleException(
                    "the manifest of " + image + " in the bundle cannot be read: " + e.getMessage(), e);
        }
    }

    private void receive(Entry image) throws IOException {
        ObjectNode manifest = manifest(image);
        JsonNode file = manifest.at("/files/0");
        try {
            try (ReadableByteChannel bytes = bundle.next(image.file())) {
                staged.receive(
                        image.uuid(),
                        manifest,
                        new FileUpload(
                                bytes,
                                OptionalLong.of(image.file().size()),
                                text(file, "compression"),
                                text(file, "sha1"),
                                text(file, "dataset_guid")));
            }
            Member icon = image.icon();
            if (icon != null) {
                String suffix = icon.name().substring(icon.name().lastIndexOf('.') + 1);
                staged.addIcon(bundle.nextWhole(icon, MAX_ICON), Objects.requireNonNull(ICON_TYPES.get(suffix)));
            }
        } catch (ImageException e) {
            throw new BundleException(image + " in the bundle is refused: " + e.getMessage(), e);
        }
    }

    private static Optional<String> text(JsonNode file, String field) {
        return Optional.ofNullable(file.path(field).textValue());
    }

    /** It is here; its bytes in the bundle must be good all the same. */
    private void pass(Entry image, Image here, ByteBuffer chunk) throws IOException {
        Optional<String> sha1 = text(manifest(image).at("/files/0"), "sha1");
        Optional<String> known = here.file().flatMap(Image.File::sha1);
        boolean isSame = sha1.isEmpty() || known.isEmpty() || sha1.equals(known);
        (isSame ? there : different).add(image);
        bundle.skip(image.file(), chunk);
        Member icon = image.icon();
        if (icon != null) {
            bundle.skip(icon, chunk);
        }
    }
}
