package org.imageserver.http.publishing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Author;
import org.imageserver.catalogue.FileUpload;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Publisher;
import org.imageserver.catalogue.Target;
import org.imageserver.http.Acting;
import org.imageserver.http.ApiException;
import org.imageserver.http.JsonBody;
import org.imageserver.http.Request;
import org.imageserver.manifest.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * What the request that begins an upload wants of it, in a form that can be written down. What can be refused is refused
 * at once, by the rules that count again when the bytes are there.
 *
 * @param account for whom an admin acts, if for another
 * @param channel as the request names it
 * @param image the uuid that the image gets, or of the one that the file is for
 * @param isFileOnly whether that image is there, and gets the file
 * @param manifest of a new image
 * @param compression of the file, if it is said
 * @param sha1 that the file must have, if it is said
 * @param datasetGuid of the snapshot in it, if it is said
 */
record Intent(
        @Nullable String account,
        String channel,
        String image,
        boolean isFileOnly,
        ObjectNode manifest,
        @Nullable String compression,
        @Nullable String sha1,
        @Nullable String datasetGuid) {
    /** Stands for the bytes until there are some. */
    private static final ReadableByteChannel NONE_YET = new ReadableByteChannel() {
        @Override
        public int read(ByteBuffer target) {
            return -1;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    };

    /** Of a request; refuses what can be refused. */
    static Intent of(Request request, Publisher publisher, long size) throws IOException {
        Publication said = Publication.of(request.query());
        Optional<String> image = request.query().nonEmpty("image");
        if (image.isPresent() && !Uuid.isUuid(image.get())) {
            throw ApiException.invalidParameter("image", "invalid \"image\": not a UUID: \"" + image.get() + "\"");
        }
        ObjectNode manifest = said.manifest();
        if (image.isEmpty() && request.header("Content-Type").orElse("").startsWith("application/json")) {
            manifest.setAll(JsonBody.object(request));
        }
        Author author = Acting.author(request);
        Intent intent = new Intent(
                request.query().get("account").orElse(null),
                author.channel().orElse(""),
                image.orElseGet(() -> UUID.randomUUID().toString()),
                image.isPresent(),
                manifest,
                said.compression().orElse(null),
                said.sha1().orElse(null),
                said.datasetGuid().orElse(null));
        intent.check(author, publisher, size);
        return intent;
    }

    private void check(Author author, Publisher publisher, long size) throws IOException {
        FileUpload announced = file(NONE_YET, size);
        if (isFileOnly) {
            publisher.checkMayAddFile(target(author), announced);
        } else {
            publisher.checkPublication(author, manifest, announced);
        }
    }

    private FileUpload file(ReadableByteChannel bytes, long size) {
        return new FileUpload(
                bytes,
                OptionalLong.of(size),
                Optional.ofNullable(compression),
                Optional.ofNullable(sha1),
                Optional.ofNullable(datasetGuid));
    }

    private Target target(Author author) {
        return new Target(author.principal(), image, author.channel(), current -> {});
    }

    /** What people know it by. */
    ObjectNode about() {
        ObjectNode about = JsonNodeFactory.instance.objectNode();
        if (isFileOnly) {
            return about.put("file_of", image);
        }
        about.set("name", manifest.path("name"));
        about.set("version", manifest.path("version"));
        return about;
    }

    /**
     * Does it.
     *
     * @param id under which the bytes are kept while they come
     */
    Image carryOut(Principal.Account sender, Publisher publisher, String id, long size, ReadableByteChannel bytes)
            throws IOException {
        Principal.Account acting = account == null ? sender : Acting.account(sender, account);
        Author author = new Author(acting, Optional.of(channel));
        FileUpload file = file(bytes, size).keptAs(id);
        return isFileOnly ? publisher.addFile(target(author), file) : publisher.publish(author, image, manifest, file);
    }
}
