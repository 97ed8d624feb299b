package org.imageserver.http.imgapi;

import static org.imageserver.http.ErrorCode.Download;
import static org.imageserver.http.ErrorCode.RemoteSourceError;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Author;
import org.imageserver.catalogue.Editor;
import org.imageserver.catalogue.FileUpload;
import org.imageserver.catalogue.IconUpload;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Publisher;
import org.imageserver.catalogue.Target;
import org.imageserver.http.ApiException;
import org.imageserver.http.ErrorCode;
import org.imageserver.manifest.InvalidManifestException;
import org.imageserver.manifest.ManifestJson;
import org.imageserver.manifest.Violation;
import org.imageserver.remote.Answer;
import org.imageserver.remote.Fetcher;
import org.imageserver.remote.Peer;
import org.imageserver.remote.RemoteException;
import org.imageserver.remote.UnusableUrlException;
import org.imageserver.remote.WatchedBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Manifests, files and icons that this server fetches itself, on their way into the catalogue. Thread-safe. */
final class Remotes {
    private static final Logger LOG = LoggerFactory.getLogger(Remotes.class);

    private final Publisher publisher;
    private final Editor editor;
    private final Fetcher fetcher;

    Remotes(Publisher publisher, Editor editor, Fetcher fetcher) {
        this.publisher = publisher;
        this.editor = editor;
        this.fetcher = fetcher;
    }

    /** The URL in a field of the request, checked as far as can be without asking. */
    URI url(String field, String text) {
        try {
            return fetcher.parse(text);
        } catch (UnusableUrlException e) {
            throw ApiException.invalidParameter(field, e.getMessage());
        }
    }

    /** The image server at {@code source}. */
    Peer peer(String source) {
        try {
            return new Peer(fetcher, source);
        } catch (UnusableUrlException e) {
            throw ApiException.invalidParameter("source", e.getMessage());
        }
    }

    /** The manifest that a peer has, whole as it stands there. */
    ObjectNode manifest(Peer peer, String uuid) {
        try {
            return ManifestJson.parse(peer.manifest(uuid));
        } catch (RemoteException | InvalidManifestException e) {
            throw new ApiException(
                    RemoteSourceError,
                    "Unable to get manifest for image " + uuid + ". Error from remote: " + e.getMessage());
        }
    }

    /**
     * Takes the file of a peer's image into the image of the same uuid here.
     *
     * @param manifest as the peer has it, whose word about the file must hold
     */
    Image addFile(Target target, Peer peer, ObjectNode manifest) throws IOException {
        return withFile(peer, target.uuid(), manifest, bytes -> bytes, file -> publisher.addFile(target, file));
    }

    /**
     * Takes a peer's whole image: it is active when it appears, and until then nothing is to be seen of it.
     *
     * @param manifest as the peer has it, whose word about the file must hold
     * @param watched wraps the bytes of the file, for whoever counts them
     */
    void importImage(
            Author author, Peer peer, String uuid, ObjectNode manifest, UnaryOperator<ReadableByteChannel> watched)
            throws IOException {
        Image imported =
                withFile(peer, uuid, manifest, watched, file -> publisher.importWithFile(author, uuid, manifest, file));
        withIcon(author.principal(), peer, manifest, imported);
    }

    /**
     * Gives an imported image the icon that the peer says it has. An icon is no part of what is installed, so one that
     * cannot be had takes nothing back; the log says so.
     *
     * @return the image as it is then
     */
    Image withIcon(Principal principal, Peer peer, ObjectNode manifest, Image imported) {
        if (!manifest.path("icon").asBoolean()) {
            return imported;
        }
        try (Answer answer = peer.icon(imported.uuid())) {
            IconUpload icon = new IconUpload(answer.body(), answer.announced(), answer.contentType(), Optional.empty());
            return editor.addIcon(Target.of(principal, imported.uuid()), icon);
        } catch (IOException | ImageException e) {
            LOG.warn("image {} is imported without its icon: {}", imported.uuid(), e.getMessage());
            return imported;
        }
    }

    /** Where the file of a peer's image goes. */
    private interface Taking {
        Image take(FileUpload file) throws IOException;
    }

    private static Image withFile(
            Peer peer, String uuid, ObjectNode manifest, UnaryOperator<ReadableByteChannel> watched, Taking taking)
            throws IOException {
        JsonNode file = manifest.path("files").path(0);
        if (!file.path("compression").isTextual() || !file.path("sha1").isTextual()) {
            throw new ApiException(
                    RemoteSourceError, "Unable to get file of image " + uuid + ": the remote's manifest names no file");
        }
        try (Answer answer = peer.file(uuid)) {
            return taking.take(new FileUpload(
                    watched.apply(answer.body()),
                    answer.announced(),
                    text(file, "compression"),
                    text(file, "sha1"),
                    text(file, "dataset_guid")));
        } catch (RemoteException e) {
            throw new ApiException(
                    RemoteSourceError,
                    "Unable to get file of image " + uuid + ". Error from remote: " + e.getMessage());
        }
    }

    private static Optional<String> text(JsonNode object, String field) {
        return Optional.ofNullable(object.path(field).textValue());
    }

    /** Takes the file at a URL into an image, and tells the job how far it is. */
    Image addFile(Target target, URI url, Sender says, Job job) throws IOException {
        try (Answer answer = fetcher.get(url)) {
            if (answer.status() != 200) {
                throw new ApiException(
                        Download,
                        "Error getting image: " + url.getHost() + " answered with HTTP status " + answer.status());
            }
            job.expect(answer.announced().orElse(0));
            return publisher.addFile(
                    target,
                    new FileUpload(
                            new WatchedBytes(answer.body(), job::received),
                            answer.announced(),
                            says.compression(),
                            says.sha1(),
                            says.datasetGuid()));
        } catch (RemoteException e) {
            throw new ApiException(Download, "Error getting image: " + e.getMessage());
        }
    }

    /** What the client says of a file that lies elsewhere, as in {@link FileUpload}. */
    record Sender(Optional<String> compression, Optional<String> sha1, Optional<String> datasetGuid) {}

    /** Only an operator may have this server fetch from another one. */
    void checkAdmin(Principal principal) {
        publisher.checkMayPublish(principal);
        if (!principal.isAdmin()) {
            throw new ApiException(ErrorCode.OperatorOnly, "only an admin may import images from another server");
        }
    }

    static ApiException missing(String field) {
        return new ApiException(
                ErrorCode.InvalidParameter,
                "missing \"" + field + "\" field from request body",
                List.of(new Violation(field, Violation.MISSING, null)));
    }
}
