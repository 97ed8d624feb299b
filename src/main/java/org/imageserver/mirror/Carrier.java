package org.imageserver.mirror;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Author;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.FileUpload;
import org.imageserver.catalogue.Follower;
import org.imageserver.catalogue.IconUpload;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Provenance;
import org.imageserver.catalogue.Target;
import org.imageserver.remote.Answer;
import org.imageserver.remote.RemoteException;
import org.imageserver.remote.ResumedBody;
import org.imageserver.remote.WatchedBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings single images of one source here, by the one publishing path: sha1 and stream are verified before anything of an
 * image is to be seen. Thread-safe.
 */
final class Carrier {
    private static final Logger LOG = LoggerFactory.getLogger(Carrier.class);

    private final Feed feed;
    private final Catalogue catalogue;
    private final Provenance provenance;
    private final Principal.Account principal;

    /**
     * Makes a carrier.
     *
     * @param principal in whose name images are published
     */
    Carrier(Feed feed, Catalogue catalogue, Provenance provenance, Principal.Account principal) {
        this.feed = feed;
        this.catalogue = catalogue;
        this.provenance = provenance;
        this.principal = principal;
    }

    private String url() {
        return feed.source().url();
    }

    /**
     * What the source says of an image.
     *
     * @throws RemoteException also when it has no such image
     */
    ObjectNode manifest(String uuid) throws RemoteException {
        return feed.upstream()
                .manifest(uuid)
                .orElseThrow(() -> new RemoteException(url() + " has no image " + uuid + " any more"));
    }

    /**
     * Brings an image that is wanted in any case.
     *
     * @param received is told of each number of bytes
     */
    void bring(String uuid, ObjectNode manifest, LongConsumer received) throws IOException {
        try (ResumedBody body = feed.upstream().file(uuid)) {
            ReadableByteChannel bytes = feed.throttle().over(body, received);
            catalogue
                    .publisher()
                    .importWithFile(
                            Author.of(principal), uuid, manifest, upload(uuid, manifest, bytes, body.announced()));
            finish(uuid, manifest);
        }
    }

    /**
     * Brings an image that somebody waits for, and has seen the manifest of: nothing is taken if that is another one by
     * the time the file has come.
     *
     * @param published is told of the image as soon as it is here, whatever else is to be done then
     */
    void bringOnDemand(String uuid, ObjectNode manifest, Follower follower, Consumer<Image> published)
            throws IOException {
        try (ResumedBody body = feed.upstream().file(uuid)) {
            ReadableByteChannel bytes =
                    feed.throttle().over(new WatchedBytes(body, atEnd(uuid, manifest)), feed.state()::received);
            published.accept(catalogue
                    .publisher()
                    .importWithFile(
                            Author.of(principal),
                            uuid,
                            manifest,
                            upload(uuid, manifest, bytes, body.announced()),
                            follower));
            finish(uuid, manifest);
        }
    }

    /** Brings the file of an image again that is damaged here; nothing but the very same bytes is taken. */
    void heal(String uuid) throws IOException {
        try (ResumedBody body = feed.upstream().file(uuid)) {
            FileUpload upload = new FileUpload(
                    feed.throttle().over(body, length -> {}),
                    body.announced(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            catalogue.publisher().addFile(Target.of(principal, uuid), upload);
        }
    }

    private FileUpload upload(String uuid, ObjectNode manifest, ReadableByteChannel bytes, OptionalLong announced)
            throws RemoteException {
        JsonNode file = manifest.at("/files/0");
        if (!file.path("sha1").isTextual()) {
            throw new RemoteException("the manifest of " + uuid + " at " + url()
                    + " names no sha1: its file cannot be verified, and is not taken");
        }
        return new FileUpload(
                bytes,
                file.has("size") ? OptionalLong.of(file.path("size").asLong()) : announced,
                text(file, "compression"),
                text(file, "sha1"),
                text(file, "dataset_guid"));
    }

    private void finish(String uuid, ObjectNode manifest) throws IOException {
        String verified = feed.source().trust().isPresent() ? "signature, sha1 and stream" : "sha1 and stream";
        provenance.put(uuid, Provenance.Origin.now(url(), verified));
        bringIcon(uuid, manifest);
        if (manifest.path("disabled").asBoolean()) {
            catalogue.editor().setDisabled(Target.of(principal, uuid), true);
        }
    }

    /** Whether two manifests are about the same bytes. */
    static boolean isSameFile(JsonNode some, JsonNode other) {
        return some.at("/files/0/sha1")
                        .asText()
                        .equals(other.at("/files/0/sha1").asText())
                && some.at("/files/0/size").asLong()
                        == other.at("/files/0/size").asLong()
                && some.path("origin").asText().equals(other.path("origin").asText());
    }

    /** The bytes end well only if a last question is answered well. */
    private WatchedBytes.Watcher atEnd(String uuid, ObjectNode manifest) {
        return length -> {
            if (length < 0) {
                confirm(uuid, manifest);
            }
        };
    }

    /** A source that is gone by now contradicts nothing: the bytes are those that its manifest named. */
    private void confirm(String uuid, ObjectNode manifest) throws RemoteException {
        Optional<ObjectNode> now;
        try {
            now = feed.upstream().manifest(uuid);
        } catch (RemoteException e) {
            LOG.info("the manifest of {} cannot be asked for again: {}", uuid, e.getMessage());
            return;
        }
        if (now.filter(its -> isSameFile(its, manifest)).isEmpty()) {
            throw new RemoteException("the manifest of " + uuid + " at " + url()
                    + " was changed while its file was fetched; it is not taken");
        }
    }

    /** An icon is no part of what is installed: an image without it is better than none. */
    private void bringIcon(String uuid, ObjectNode manifest) {
        if (!manifest.path("icon").asBoolean()) {
            return;
        }
        try (Answer answer = feed.upstream().icon(uuid)) {
            catalogue
                    .editor()
                    .addIcon(
                            Target.of(principal, uuid),
                            new IconUpload(answer.body(), answer.announced(), answer.contentType(), Optional.empty()));
        } catch (IOException | ImageException e) {
            LOG.warn("image {} is brought without its icon: {}", uuid, e.getMessage());
        }
    }

    private static Optional<String> text(JsonNode object, String field) {
        return Optional.ofNullable(object.path(field).textValue());
    }
}
