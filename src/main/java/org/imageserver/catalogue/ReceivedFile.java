package org.imageserver.catalogue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;
import org.imageserver.manifest.DiskManifest;
import org.imageserver.manifest.Manifest;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.Storage;
import org.imageserver.zfs.StreamFacts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is complete, durable and verified, but that no manifest names yet. Closing removes it unless a manifest
 * names it. Used by one thread.
 */
final class ReceivedFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReceivedFile.class);

    private final Storage storage;
    private final StoredManifest manifests;
    private final Digests digests;
    private final BlobInfo blob;
    private final String sha1;
    private final String compression;
    private final Optional<StreamFacts> stream;
    private final Optional<String> statedGuid;
    private boolean isKept;

    ReceivedFile(
            Storage storage,
            StoredManifest manifests,
            Digests digests,
            BlobInfo blob,
            String sha1,
            String compression,
            Optional<StreamFacts> stream,
            Optional<String> statedGuid) {
        this.storage = storage;
        this.manifests = manifests;
        this.digests = digests;
        this.blob = blob;
        this.sha1 = sha1;
        this.compression = compression;
        this.stream = stream;
        this.statedGuid = statedGuid;
    }

    /** In hex. */
    String sha1() {
        return sha1;
    }

    String compression() {
        return compression;
    }

    Optional<StreamFacts> stream() {
        return stream;
    }

    /** Makes sure that nobody has removed it meanwhile, such as a sweep that took it for a leftover of days ago. */
    void checkIsThere() throws IOException {
        boolean isThere = storage.stat(blob.key())
                .filter(its -> its.version().equals(blob.version()))
                .isPresent();
        if (!isThere) {
            throw new IOException(blob.key() + " was removed before its image could be published; do it again");
        }
    }

    /** The manifest with this file in it. */
    DiskManifest named(Manifest manifest) {
        ArrayNode files = JsonNodeFactory.instance.arrayNode();
        ObjectNode file = files.addObject();
        file.put("sha1", sha1).put("size", blob.size()).put("compression", compression);
        datasetGuid().ifPresent(guid -> file.put("dataset_guid", guid));
        return new DiskManifest(manifest.with("files", files), null, name());
    }

    /** In the directory of its image. */
    String name() {
        return blob.key().segments().getLast();
    }

    /** Says that the manifest that names it is stored. */
    void keep() {
        isKept = true;
    }

    private Optional<String> datasetGuid() {
        return statedGuid.or(() -> stream.map(facts -> facts.last().toguid().decimal()));
    }

    /** Of a manifest whose writing failed, nobody knows yet whether it is there. */
    @Override
    public void close() {
        digests.settled(blob);
        if (isKept) {
            return;
        }
        try {
            storage.decide(() -> !isNamed() && storage.delete(blob.key()));
        } catch (IOException e) {
            LOG.warn("{} is named by no manifest and cannot be removed; a later sweep will do it", blob.key(), e);
        }
    }

    private boolean isNamed() throws IOException {
        return manifests
                .find(blob.key().segments().getFirst())
                .filter(manifest -> name().equals(manifest.path()))
                .isPresent();
    }
}
