package org.imageserver.http.publishing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Publisher;
import org.imageserver.http.ApiException;
import org.imageserver.http.Body;
import org.imageserver.http.Endpoint;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.PathTemplate;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.http.Route.Parameter;

/**
 * {@code /uploads}: an image whose file comes in as many requests as the connection needs, by the tus protocol. What it
 * is called and how it is checked is as with {@code POST /publish}; closing discards what is unfinished.
 */
public final class UploadRoutes implements AutoCloseable {
    private static final String FACE = "Resumable uploads (tus 1.0.0)";

    /** The answer to the last byte waits so long for the image: most clients of tus ask for nothing afterwards. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final List<ErrorCode> ERRORS = List.of(
            ErrorCode.UnauthorizedError,
            ErrorCode.OperatorOnly,
            ErrorCode.InvalidCsrfToken,
            ErrorCode.ResourceNotFound,
            ErrorCode.PreconditionFailed);

    private final Publisher publisher;
    private final long maxBytes;
    private final Uploads uploads;

    /**
     * Makes the routes to a publisher.
     *
     * @param maxBytes of a file
     */
    public UploadRoutes(Publisher publisher, long maxBytes, InstantSource clock) {
        this.publisher = publisher;
        this.maxBytes = maxBytes;
        this.uploads = new Uploads(clock);
    }

    /** The routes, in the order of the documentation. */
    public List<Route> routes() {
        return List.of(
                route(
                        HttpMethod.OPTIONS,
                        "/uploads",
                        "UploadOptions",
                        "Tells version, extensions and the largest file (Tus-Version, Tus-Extension, Tus-Max-Size).",
                        List.of(),
                        List.of(),
                        request -> options()),
                route(
                        HttpMethod.POST,
                        "/uploads",
                        "CreateUpload",
                        "Begins an upload of Upload-Length bytes; 201 with its Location. Takes the query of Publish,"
                                + " or the manifest as JSON. Idle for an hour, or at a stop of the server, it is"
                                + " discarded.",
                        List.of(
                                new Parameter("name", "Needed, here or in the body."),
                                new Parameter("version", "Needed, here or in the body."),
                                new Parameter("FIELD", "Any other field of the manifest; lists and objects as JSON."),
                                new Parameter("sha1", "What the sha1 of the bytes must be."),
                                new Parameter(
                                        "image",
                                        "In place of all fields: the uuid of an image that is not activated, which gets"
                                                + " the file; with compression, as AddImageFile.")),
                        List.of(
                                ErrorCode.ValidationFailed,
                                ErrorCode.InvalidParameter,
                                ErrorCode.InvalidHeader,
                                ErrorCode.OriginDoesNotExist,
                                ErrorCode.RequestEntityTooLarge,
                                ErrorCode.TooManyRequests,
                                ErrorCode.ServiceUnavailableError,
                                ErrorCode.InsufficientStorage),
                        request -> later(request, () -> create(request), false)),
                route(
                        HttpMethod.GET,
                        "/uploads",
                        "ListUploads",
                        "Lists the account's uploads, oldest first.",
                        List.of(),
                        List.of(),
                        this::list),
                route(
                        HttpMethod.GET,
                        "/uploads/:uuid",
                        "GetUpload",
                        "Shows an upload to its owner: state (receiving, verifying, published, failed), offset, size,"
                                + " and image or error. HEAD tells Upload-Offset.",
                        List.of(),
                        List.of(),
                        this::show),
                route(
                        HttpMethod.PATCH,
                        "/uploads/:uuid",
                        "ContinueUpload",
                        "Adds bytes from Upload-Offset on; 204 with the new Upload-Offset. The last byte publishes the"
                                + " image, and the answer waits a while for it.",
                        List.of(),
                        List.of(
                                ErrorCode.UploadConflict,
                                ErrorCode.UnsupportedMediaType,
                                ErrorCode.InvalidHeader,
                                ErrorCode.RequestEntityTooLarge,
                                ErrorCode.Upload,
                                ErrorCode.Download,
                                ErrorCode.InsufficientStorage),
                        request -> later(request, () -> receive(request), true)),
                route(
                        HttpMethod.DELETE,
                        "/uploads/:uuid",
                        "CancelUpload",
                        "Discards an upload; an image that was made of it stays.",
                        List.of(),
                        List.of(ErrorCode.UploadConflict),
                        request -> later(request, () -> cancel(request), false)),
                route(
                        HttpMethod.POST,
                        "/uploads/:uuid",
                        "UploadByPost",
                        "ContinueUpload or CancelUpload, as X-HTTP-Method-Override says: PATCH or DELETE.",
                        List.of(),
                        List.of(ErrorCode.InvalidHeader),
                        request -> later(request, () -> overridden(request), true)));
    }

    private static Route route(
            HttpMethod method,
            String path,
            String name,
            String summary,
            List<Parameter> parameters,
            List<ErrorCode> errors,
            Endpoint endpoint) {
        List<ErrorCode> all = new ArrayList<>(ERRORS);
        all.addAll(errors);
        return new Route(
                method, PathTemplate.of(path), name, new Doc(FACE, summary, parameters, Reply.JSON, all), endpoint);
    }

    private interface Answer {
        Reply make() throws IOException;
    }

    private static Reply later(Request request, Answer answer, boolean movesFile) {
        return new Reply.Later(
                Tus.answering(request, () -> {
                    Tus.checkVersion(request);
                    return answer.make();
                }),
                movesFile);
    }

    private Reply options() {
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

    private Reply create(Request request) throws IOException {
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
        Upload upload = uploads.begin(owner, size, intent.about(), intent.work());
        return new Reply.Content(
                201,
                Reply.JSON,
                Body.of(upload.json().toString()),
                null,
                Map.of("Location", "/uploads/" + upload.id(), Tus.RESUMABLE, Tus.VERSION));
    }

    private Reply list(Request request) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        uploads.of(owner(request)).forEach(upload -> list.add(upload.json()));
        return Reply.json(Body.of(list.toString()), null).with("Cache-Control", "no-store");
    }

    private Reply show(Request request) {
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

    private Reply receive(Request request) throws IOException {
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
        long offset = upload.receive(start, request.body());
        if (offset == upload.size()) {
            upload.await(PATIENCE);
        }
        return Tus.empty(204, Map.of(Tus.OFFSET, Long.toString(offset)));
    }

    private Reply cancel(Request request) throws IOException {
        uploads.cancel(upload(request));
        return Tus.empty(204, Map.of());
    }

    /** For clients that can send nothing but GET and POST; the protocol asks for it. */
    private Reply overridden(Request request) throws IOException {
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
        return uploads.find(request.parameter("uuid"), owner(request));
    }

    private Principal.Account owner(Request request) {
        return publisher.checkMayPublish(request.principal());
    }

    @Override
    public void close() {
        uploads.close();
    }
}
