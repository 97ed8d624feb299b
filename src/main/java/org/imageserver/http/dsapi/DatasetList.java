package org.imageserver.http.dsapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Chunks;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.http.Body;
import org.imageserver.http.Reply;
import org.imageserver.manifest.DiskManifest;
import org.imageserver.manifest.DsapiManifest;
import org.imageserver.manifest.DsapiSettings;
import org.imageserver.manifest.InvalidManifestException;
import org.imageserver.manifest.Manifest;
import org.imageserver.manifest.ManifestJson;
import org.imageserver.manifest.State;

/**
 * Images as datasets. A dataset names the host that its client used; all else of it is rendered once, and the host put
 * in while it is sent. So a host that nobody has used before costs no more than any other. Thread-safe.
 */
final class DatasetList {
    private final DsapiSettings settings;

    /** Stands where the base of a url belongs. Nobody else knows it, so no manifest holds it. */
    private final String marker = UUID.randomUUID().toString();

    private final ReentrantLock rendering = new ReentrantLock();
    private volatile Rendered rendered = new Rendered(Optional.empty(), Chunks.none());
    private final GzippedDatasets gzipped = new GzippedDatasets();

    DatasetList(DsapiSettings settings) {
        this.settings = settings;
    }

    private record Rendered(Optional<Snapshot> of, Chunks<DatasetChunk> chunks) {}

    /**
     * What this principal may see. It is work for the pool: the first time at 10,000 images it takes a second or two,
     * after that some milliseconds for each change, and the sending.
     *
     * @param isGzipWanted whether the answer may be gzipped; it need not
     */
    Reply list(Snapshot snapshot, Principal principal, String baseUrl, boolean isGzipWanted) {
        DatasetAnswer answer = new DatasetAnswer(rendered(snapshot).all(), shownTo(principal), baseUrl);
        Optional<List<ByteBuffer>> gzip = switch (principal) {
            case Principal.Anonymous anonymous -> isGzipWanted ? gzipped.find(answer) : Optional.empty();
            // Everyone with a credential has a list of his own: not one to keep.
            case Principal.Account account -> Optional.empty();
        };
        return Reply.json(Body.streamed(answer.length(), answer::pieces, gzip.orElse(null)), answer.etag());
    }

    private static Predicate<Image> shownTo(Principal principal) {
        return switch (principal) {
            case Principal.Anonymous anonymous ->
                image -> image.isListed() && image.channels().hasDefault();
            case Principal.Account account ->
                image -> image.state() == State.ACTIVE
                        && image.isVisibleTo(account)
                        && image.channels().hasDefault();
        };
    }

    private Chunks<DatasetChunk> rendered(Snapshot snapshot) {
        if (isOf(rendered, snapshot)) {
            return rendered.chunks();
        }
        rendering.lock();
        try {
            if (!isOf(rendered, snapshot)) {
                Chunks<DatasetChunk> chunks = rendered.chunks().with(snapshot.images(), this::render);
                rendered = new Rendered(Optional.of(snapshot), chunks);
            }
            return rendered.chunks();
        } finally {
            rendering.unlock();
        }
    }

    private static boolean isOf(Rendered rendered, Snapshot snapshot) {
        return rendered.of().isPresent() && rendered.of().get() == snapshot;
    }

    private DatasetChunk render(List<Image> images) {
        return new DatasetChunk(images, image -> dataset(image, marker).toString(), marker);
    }

    /** One image as DSAPI shows it. */
    ObjectNode dataset(Image image, String baseUrl) {
        return DsapiManifest.toJson(disk(image), settings, baseUrl + "/datasets/" + image.uuid() + "/");
    }

    /**
     * Whether the image's file has this name in its url, or had it while another server offered the image: whoever read
     * that list may come now.
     */
    static boolean isFileName(Image image, String name) {
        DiskManifest disk = disk(image);
        return DsapiManifest.fileName(disk).filter(name::equals).isPresent()
                || DsapiManifest.plainFileName(disk).filter(name::equals).isPresent();
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
