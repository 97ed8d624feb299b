package org.imageserver.http.imgapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.imageserver.catalogue.Author;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Provenance;
import org.imageserver.http.ApiException;
import org.imageserver.http.ErrorCode;
import org.imageserver.remote.Peer;
import org.imageserver.remote.WatchedBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * AdminImportRemoteImage's work: an image and the origins that are not here yet, origins first. Each appears when it is
 * complete, so there is nothing to take back, whatever ends the work; the origins that were complete by then stay, since
 * each is an image of its own.
 */
final class ImportJob {
    private static final Logger LOG = LoggerFactory.getLogger(ImportJob.class);

    /** No chain of increments is so long; a peer that lies could go on for ever. */
    private static final int MAX_ORIGINS = 100;

    private final Catalogue catalogue;
    private final Remotes remotes;
    private final Author author;
    private final Peer peer;

    ImportJob(Catalogue catalogue, Remotes remotes, Author author, Peer peer) {
        this.catalogue = catalogue;
        this.remotes = remotes;
        this.author = author;
        this.peer = peer;
    }

    void run(Job job) {
        job.begin();
        try {
            Map<String, ObjectNode> missing = missing(job.imageUuid());
            job.expect(missing.values().stream()
                    .mapToLong(manifest -> manifest.at("/files/0/size").asLong())
                    .sum());
            for (Map.Entry<String, ObjectNode> image : missing.entrySet()) {
                remotes.importImage(
                        author,
                        peer,
                        image.getKey(),
                        image.getValue(),
                        bytes -> new WatchedBytes(bytes, job::received));
                catalogue
                        .provenance()
                        .remember(
                                image.getKey(),
                                Provenance.Origin.now("import-remote from " + peer.host(), "sha1 and stream"));
                job.imported(image.getKey());
            }
            job.succeed();
            LOG.info("job {} imported image {}", job.uuid(), job.imageUuid());
        } catch (ApiException | ImageException e) {
            fail(job, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            fail(job, "the image cannot be stored: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("job {} found a fault in this server", job.uuid(), e);
            fail(job, "internal error; the server's log has it under job " + job.uuid());
        }
    }

    private static void fail(Job job, String message) {
        LOG.warn("job {} could not import image {}: {}", job.uuid(), job.imageUuid(), message);
        job.fail(message);
    }

    /** The manifests of what is not here, each after its origin. */
    private SequencedMap<String, ObjectNode> missing(String uuid) {
        SequencedMap<String, ObjectNode> found = new LinkedHashMap<>();
        String next = uuid;
        while (next != null && !isHere(next)) {
            if (found.containsKey(next) || found.size() > MAX_ORIGINS) {
                throw new ApiException(
                        ErrorCode.RemoteSourceError, "the origins of image " + uuid + " on the remote never end");
            }
            ObjectNode manifest = remotes.manifest(peer, next);
            found.putFirst(next, manifest);
            next = manifest.path("origin").textValue();
        }
        return found;
    }

    /** Whether an image is here, whoever may see it. */
    boolean isHere(String uuid) {
        return catalogue.snapshot().own(uuid).isPresent();
    }
}
