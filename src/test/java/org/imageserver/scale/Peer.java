package org.imageserver.scale;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Role;
import org.imageserver.catalogue.Author;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.CatalogueSettings;
import org.imageserver.catalogue.FileUpload;
import org.imageserver.catalogue.IconUpload;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.OpenFile;
import org.imageserver.catalogue.Target;
import org.imageserver.catalogue.UploadPolicy;
import org.imageserver.manifest.ManifestRules;
import org.imageserver.storage.objects.BucketStorage;
import org.imageserver.storage.objects.ObjectStore;
import org.imageserver.storage.objects.TestStorages;

/** One of several catalogues on one object store: a server without its network. */
final class Peer implements AutoCloseable {
    static final Principal ADMIN = new Principal.Account("admin", "11111111-1111-4111-8111-111111111111", Role.ADMIN);

    private static final CatalogueSettings SETTINGS = new CatalogueSettings(
            "00000000-0000-0000-0000-000000000000",
            ManifestRules.Mode.PUBLIC,
            new UploadPolicy(1 << 30, UploadPolicy.Streams.OFF, false));

    private final BucketStorage storage;
    private final Catalogue catalogue;

    private Peer(BucketStorage storage) throws IOException {
        this.storage = storage;
        this.catalogue = new Catalogue(storage, SETTINGS);
        catalogue.rescan();
    }

    static Peer on(ObjectStore store, Path directory) throws IOException {
        return new Peer(TestStorages.open(store, directory));
    }

    BucketStorage storage() {
        return storage;
    }

    Catalogue catalogue() {
        return catalogue;
    }

    /** All uuids, after a look at what others have done. */
    List<String> images() throws IOException {
        catalogue.catchUp();
        return catalogue.snapshot().images().stream().map(Image::uuid).toList();
    }

    Image image(String uuid) throws IOException {
        catalogue.catchUp();
        return catalogue.snapshot().image(uuid, ADMIN);
    }

    /** The bytes of an image's file. */
    byte[] file(String uuid) throws IOException {
        try (OpenFile file = catalogue.files().open(catalogue.snapshot(), ADMIN, uuid, 0);
                InputStream stream = file.stream(0, Long.MAX_VALUE)) {
            return stream.readAllBytes();
        }
    }

    Image publish(String name, byte[] file) throws IOException {
        return catalogue.publisher().publish(Author.of(ADMIN), manifest(name), upload(file));
    }

    Image importImage(String uuid, String name, byte[] file) throws IOException {
        ObjectNode manifest =
                manifest(name).put("v", 2).put("uuid", uuid).put("published_at", "2020-01-01T00:00:00.000Z");
        return catalogue.publisher().importWithFile(Author.of(ADMIN), uuid, manifest, upload(file));
    }

    Image create(String name) throws IOException {
        return catalogue.publisher().create(Author.of(ADMIN), manifest(name));
    }

    Image createOn(String origin, String name) throws IOException {
        return catalogue.publisher().create(Author.of(ADMIN), manifest(name).put("origin", origin));
    }

    Image addFile(String uuid, byte[] file) throws IOException {
        return catalogue
                .publisher()
                .addFile(
                        Target.of(ADMIN, uuid),
                        new FileUpload(
                                Channels.newChannel(new ByteArrayInputStream(file)),
                                OptionalLong.empty(),
                                Optional.of("none"),
                                Optional.empty(),
                                Optional.empty()));
    }

    Image addIcon(String uuid) throws IOException {
        return catalogue
                .editor()
                .addIcon(
                        Target.of(ADMIN, uuid),
                        new IconUpload(
                                Channels.newChannel(new ByteArrayInputStream(new byte[100])),
                                OptionalLong.empty(),
                                Optional.of("image/png"),
                                Optional.empty()));
    }

    Image update(String uuid, String field, String value) throws IOException {
        ObjectNode change = JsonNodeFactory.instance.objectNode().put(field, value);
        return catalogue.editor().update(Target.of(ADMIN, uuid), change);
    }

    /** Changes the description if the image is the one that is known; false when it is not any more. */
    boolean updateIf(Image known, String description) throws IOException {
        ObjectNode change = JsonNodeFactory.instance.objectNode().put("description", description);
        try {
            catalogue
                    .editor()
                    .update(
                            new Target(ADMIN, known.uuid(), Optional.empty(), current -> {
                                if (!Arrays.equals(
                                        current.json().bytes(), known.json().bytes())) {
                                    throw new StaleException();
                                }
                            }),
                            change);
            return true;
        } catch (StaleException e) {
            return false;
        }
    }

    /** If-Match does not hold. */
    private static final class StaleException extends RuntimeException {}

    /** Deletes; false when the catalogue refuses. */
    boolean delete(String uuid) throws IOException {
        try {
            catalogue.remover().delete(Target.of(ADMIN, uuid));
            return true;
        } catch (ImageException e) {
            return false;
        }
    }

    static ObjectNode manifest(String name) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("name", name)
                .put("version", "1")
                .put("type", "other")
                .put("os", "other")
                .put("public", true);
    }

    static FileUpload upload(byte[] bytes) {
        return new FileUpload(
                Channels.newChannel(new ByteArrayInputStream(bytes)),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    @Override
    public void close() {
        catalogue.close();
        storage.close();
    }
}
