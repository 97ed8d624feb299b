package org.imageserver.http.publishing;

import io.vertx.core.http.HttpMethod;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.http.Endpoint;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.PathTemplate;
import org.imageserver.http.Reply;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.http.Route.Parameter;

/**
 * {@code /uploads}: an image whose file comes in as many requests as the connection needs, by the tus protocol. What it
 * is called and how it is checked is as with {@code POST /publish}; closing leaves what is unfinished to the next server.
 */
public final class UploadRoutes implements AutoCloseable {
    private static final String FACE = "Resumable uploads (tus 1.0.0)";

    private static final List<ErrorCode> ERRORS = List.of(
            ErrorCode.UnauthorizedError,
            ErrorCode.OperatorOnly,
            ErrorCode.InvalidCsrfToken,
            ErrorCode.ResourceNotFound,
            ErrorCode.PreconditionFailed);

    private final Catalogue catalogue;
    private final UploadEndpoints endpoints;

    /**
     * Makes the routes to a catalogue.
     *
     * @param maxBytes of a file
     */
    public UploadRoutes(Catalogue catalogue, long maxBytes, InstantSource clock) {
        this.catalogue = catalogue;
        this.endpoints =
                new UploadEndpoints(catalogue.publisher(), maxBytes, new Uploads(catalogue.unfinished(), clock));
    }

    /**
     * Takes up the uploads that were unfinished when the server before this one ended. Called once, when the images are
     * known and before the first request.
     */
    public void restore() {
        endpoints.restore(uuid -> catalogue.snapshot().own(uuid).isPresent());
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
                        request -> endpoints.options()),
                route(
                        HttpMethod.POST,
                        "/uploads",
                        "CreateUpload",
                        "Begins an upload of Upload-Length bytes; 201 with its Location. Takes the query of Publish,"
                                + " or the manifest as JSON. Idle for an hour, it is discarded; after a restart of the"
                                + " server its offset may be less.",
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
                        changing(endpoints::create, false)),
                route(
                        HttpMethod.GET,
                        "/uploads",
                        "ListUploads",
                        "Lists the account's uploads, oldest first.",
                        List.of(),
                        List.of(),
                        endpoints::list),
                route(
                        HttpMethod.GET,
                        "/uploads/:uuid",
                        "GetUpload",
                        "Shows an upload to its owner: state (receiving, verifying, published, failed), offset, size,"
                                + " rate in bytes a second, and image or error. HEAD tells Upload-Offset.",
                        List.of(),
                        List.of(),
                        endpoints::show),
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
                        changing(endpoints::receive, true)),
                route(
                        HttpMethod.DELETE,
                        "/uploads/:uuid",
                        "CancelUpload",
                        "Discards an upload; an image that was made of it stays.",
                        List.of(),
                        List.of(ErrorCode.UploadConflict),
                        changing(endpoints::cancel, false)),
                route(
                        HttpMethod.POST,
                        "/uploads/:uuid",
                        "UploadByPost",
                        "ContinueUpload or CancelUpload, as X-HTTP-Method-Override says: PATCH or DELETE.",
                        List.of(),
                        List.of(ErrorCode.InvalidHeader),
                        changing(endpoints::overridden, true)));
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

    /** What waits for the client or the disk; and every such request says which version of the protocol it speaks. */
    private static Endpoint changing(Endpoint endpoint, boolean movesFile) {
        return request -> new Reply.Later(
                Tus.answering(request, () -> {
                    Tus.checkVersion(request);
                    return endpoint.answer(request);
                }),
                movesFile);
    }

    @Override
    public void close() {
        endpoints.close();
    }
}
