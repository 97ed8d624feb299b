package org.imageserver.http.publishing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import java.util.OptionalLong;
import org.imageserver.catalogue.Author;
import org.imageserver.catalogue.Publisher;
import org.imageserver.catalogue.Target;
import org.imageserver.http.Acting;
import org.imageserver.http.ApiException;
import org.imageserver.http.JsonBody;
import org.imageserver.http.Request;
import org.imageserver.manifest.Uuid;

/**
 * What the request that begins an upload wants of it. What can be refused is refused at once, by the rules that count
 * again when the bytes are there.
 *
 * @param about what people know it by
 * @param work what is done with the bytes
 */
record Intent(ObjectNode about, Upload.Work work) {
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

    static Intent of(Request request, Publisher publisher, long size) throws IOException {
        Publication publication = Publication.of(request.query());
        OptionalLong announced = OptionalLong.of(size);
        Optional<String> image = request.query().nonEmpty("image");
        return image.isPresent()
                ? file(request, publisher, publication, image.get(), announced)
                : image(request, publisher, publication, announced);
    }

    private static Intent image(Request request, Publisher publisher, Publication publication, OptionalLong announced)
            throws IOException {
        ObjectNode manifest = publication.manifest();
        if (request.header("Content-Type").orElse("").startsWith("application/json")) {
            manifest.setAll(JsonBody.object(request));
        }
        Author author = Acting.author(request);
        publisher.checkPublication(author, manifest, publication.file(NONE_YET, announced));
        ObjectNode about = JsonNodeFactory.instance.objectNode();
        about.set("name", manifest.path("name"));
        about.set("version", manifest.path("version"));
        return new Intent(about, bytes -> publisher.publish(author, manifest, publication.file(bytes, announced)));
    }

    private static Intent file(
            Request request, Publisher publisher, Publication publication, String uuid, OptionalLong announced)
            throws IOException {
        if (!Uuid.isUuid(uuid)) {
            throw ApiException.invalidParameter("image", "invalid \"image\": not a UUID: \"" + uuid + "\"");
        }
        Author author = Acting.author(request);
        Target target = new Target(author.principal(), uuid, author.channel(), current -> {});
        publisher.checkMayAddFile(target, publication.file(NONE_YET, announced));
        return new Intent(
                JsonNodeFactory.instance.objectNode().put("file_of", uuid),
                bytes -> publisher.addFile(target, publication.file(bytes, announced)));
    }
}
