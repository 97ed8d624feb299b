package org.imageserver.http.publishing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Publisher;
import org.imageserver.http.ApiException;
import org.imageserver.http.Body;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;

/** What the routes of {@code /uploads} do: the headers of tus on one side, {@link Uploads} on the other. */
final class UploadEndpoints implements AutoCloseable {
    /** The answer to the last byte waits so long for the image: most clients of tus ask for nothing afterwards. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Publisher publisher;
    private final long maxBytes;
    private final Uploads uploads;

    UploadEndpoints(Publisher publisher, long maxBytes, Uploads uploads) {
        this.publisher = publisher;
        this.maxBytes = maxBytes;
        this.uploads = uploads;
    }

    Reply options() {
        String methods = "GET, HEAD, OPTIONS, POST";
        return Tus.empty(
                204,
                Map.of(
                        "Tus-Version",
                        Tus.VERSION,
                        "Tus-Extension",
                        Tus.EXTENSIONS,
                        "Tus-Max-Size",
                        Long.toString(maxBytes),
                        "Allow",
                        methods,
                        "Access-Control-Allow-Methods",
                        methods,
                        "Access-Control-Allow-Headers",
                        "*, Authorization"));
    }

    Reply create(Request request) throws IOException {
        Principal.Account owner = owner(request);
        long size = Tus.bytes(request, Tus.LENGTH);
        if (size == 0) {
            throw new ApiException(
                    ErrorCode.Upload, "image file size is 0 bytes, empty files are not allowed (Upload-Length)");
        }
        if (size > maxBytes) {
            throw new ApiException(
                    ErrorCode.RequestEntityTooLarge,
                    "Upload-Length " + size + " exceeds the maximum allowed size, " + maxBytes + " bytes");
        }
        Intent intent = Intent.of(request, publisher, size);
        Upload upload = uploads.begin(owner, size, intent, this::publish);
        return new Reply.Content(
                201,
                Reply.JSON,
                Body.of(upload.json().toString()),
                null,
                Map.of("Location", "/uploads/" + upload.id(), Tus.RESUMABLE, Tus.VERSION));
    }

    private Image publish(Principal.Account sender, String id, Kept kept, ReadableByteChannel bytes)
            throws IOException {
        return kept.intent().carryOut(sender, publisher, id, kept.size(), bytes);
    }

    /** Takes up what a server before this one has kept. */
    void restore(Predicate<String> isThere) {
        uploads.restore(this::publish, isThere);
    }

    Reply list(Request request) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        uploads.of(owner(request)).forEach(upload -> list.add(upload.json()));
        return Reply.json(Body.of(list.toString()), null).with("Cache-Control", "no-store");
    }

    Reply show(Request request) {
        Upload upload = upload(request);
        ObjectNode json = upload.json();
        return new Reply.Content(
                200,
                Reply.JSON,
                Body.of(json.toString()),
                null,
                Map.of(
                        Tus.RESUMABLE,
                        Tus.VERSION,
                        Tus.OFFSET,
                        json.path("offset").asText(),
                        Tus.LENGTH,
                        Long.toString(upload.size()),
                        "Cache-Control",
                        "no-store"));
    }

    Reply receive(Request request) throws IOException {
        Upload upload = upload(request);
        String type = request.header("Content-Type").orElse("none");
        if (!type.equalsIgnoreCase(Tus.PATCH_TYPE)) {
            throw new ApiException(
                    ErrorCode.UnsupportedMediaType, "expected Content-Type " + Tus.PATCH_TYPE + ", not " + type);
        }
        long start = Tus.bytes(request, Tus.OFFSET);
        if (start + request.bodyLength().orElse(0) > upload.size()) {
            throw new ApiException(
                    ErrorCode.RequestEntityTooLarge,
                    request.bodyLength().orElse(0) + " bytes from " + start + " on are more than the " + upload.size()
                            + " that were announced");
        }
        long offset = upload.receive(owner(request), start, request.body(), request.bodyLength());
        if (offset == upload.size()) {
            upload.await(PATIENCE);
        }
        return Tus.empty(204, Map.of(Tus.OFFSET, Long.toString(offset)));
    }

    Reply cancel(Request request) throws IOException {
        uploads.cancel(upload(request));
        return Tus.empty(204, Map.of());
    }

    /** For clients that can send nothing but GET and POST; the protocol asks for it. */
    Reply overridden(Request request) throws IOException {
        Optional<String> method = request.header("X-HTTP-Method-Override");
        return switch (method.orElse("")) {
            case "PATCH" -> receive(request);
            case "DELETE" -> cancel(request);
            default ->
                throw new ApiException(
                        ErrorCode.InvalidHeader,
                        "a POST to an upload needs X-HTTP-Method-Override: PATCH or DELETE; it is "
                                + method.orElse("missing"));
        };
    }

    private Upload upload(Request request) {
        Principal.Account owner = owner(request);
        Upload upload = uploads.find(request.parameter("uuid"), owner);
        upload.goOnIfComplete(owner);
        return upload;
    }

    private Principal.Account owner(Request request) {
        return publisher.checkMayPublish(request.principal());
    }

    @Override
    public void close() {
        uploads.close();
    }
}
