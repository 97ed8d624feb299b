package org.imageserver.http.imgapi;

import static org.imageserver.http.ErrorCode.BadDigest;
import static org.imageserver.http.ErrorCode.Download;
import static org.imageserver.http.ErrorCode.ImageAlreadyActivated;
import static org.imageserver.http.ErrorCode.ImageFilesImmutable;
import static org.imageserver.http.ErrorCode.ImageHasDependentImages;
import static org.imageserver.http.ErrorCode.ImageUuidAlreadyExists;
import static org.imageserver.http.ErrorCode.InsufficientStorage;
import static org.imageserver.http.ErrorCode.InvalidContent;
import static org.imageserver.http.ErrorCode.InvalidParameter;
import static org.imageserver.http.ErrorCode.InvalidVersion;
import static org.imageserver.http.ErrorCode.NoActivationNoFile;
import static org.imageserver.http.ErrorCode.NotAvailable;
import static org.imageserver.http.ErrorCode.NotImageOwner;
import static org.imageserver.http.ErrorCode.OperatorOnly;
import static org.imageserver.http.ErrorCode.OriginDoesNotExist;
import static org.imageserver.http.ErrorCode.PreconditionFailed;
import static org.imageserver.http.ErrorCode.RemoteSourceError;
import static org.imageserver.http.ErrorCode.ResourceNotFound;
import static org.imageserver.http.ErrorCode.UnauthorizedError;
import static org.imageserver.http.ErrorCode.Upload;
import static org.imageserver.http.ErrorCode.ValidationFailed;

import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.imageserver.catalogue.Author;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Editor;
import org.imageserver.catalogue.FileUpload;
import org.imageserver.catalogue.IconUpload;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Publisher;
import org.imageserver.catalogue.Remover;
import org.imageserver.catalogue.Target;
import org.imageserver.http.Acting;
import org.imageserver.http.ApiException;
import org.imageserver.http.Endpoint;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.JsonBody;
import org.imageserver.http.PathTemplate;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.http.Route.Parameter;
import org.imageserver.manifest.Violation;

/** IMGAPI's changing endpoints. Each waits for the client or the disk, so each runs on the pool. */
final class ImgapiWrites {
    private static final String FACE = "IMGAPI, publishing";
    private static final Parameter ACTION = new Parameter(
            "action",
            "import, import-remote, export, activate, update, disable, enable, change-stor or, where channels are configured, channel-add (the body's channel).");
    private static final Parameter CHANNEL = new Parameter(
            "channel",
            "Where channels are configured: the one that the image is in, or that a new one comes into; absent: the"
                    + " default channel.");
    private static final Parameter COMPRESSION = new Parameter("compression", "gzip, bzip2, xz or none; needed.");
    private static final Parameter SHA1 = new Parameter("sha1", "What the sha1 of the bytes must be.");
    private static final Parameter GUID = new Parameter("dataset_guid", "The guid of the snapshot in the file.");

    private static final Parameter SOURCE =
            new Parameter("source", "The URL of an image server that it is fetched from; for admins.");

    private static final List<ErrorCode> ERRORS = List.of(
            UnauthorizedError,
            OperatorOnly,
            ResourceNotFound,
            NotImageOwner,
            ValidationFailed,
            InvalidParameter,
            InvalidContent,
            BadDigest,
            InvalidVersion,
            PreconditionFailed,
            ImageUuidAlreadyExists,
            ImageFilesImmutable,
            ImageAlreadyActivated,
            NoActivationNoFile,
            OriginDoesNotExist,
            ImageHasDependentImages,
            Upload,
            Download,
            RemoteSourceError,
            NotAvailable,
            InsufficientStorage);

    private final Publisher publisher;
    private final Editor editor;
    private final Remover remover;
    private final RemoteRoutes remote;
    private final JobRoutes jobs;
    private final ExportRoutes exports;
    private final PeerOnly peerOnly;
    private final ChannelRoutes channels;

    ImgapiWrites(
            Catalogue catalogue,
            RemoteRoutes remote,
            JobRoutes jobs,
            ExportRoutes exports,
            PeerOnly peerOnly,
            ChannelRoutes channels) {
        this.publisher = catalogue.publisher();
        this.editor = catalogue.editor();
        this.remover = catalogue.remover();
        this.remote = remote;
        this.jobs = jobs;
        this.exports = exports;
        this.peerOnly = peerOnly;
        this.channels = channels;
    }

    /** The routes, in the order of the documentation. */
    List<Route> routes() {
        return List.of(
                route(
                        HttpMethod.POST,
                        "/images",
                        "CreateImage",
                        "Makes an image without a file.",
                        List.of(),
                        this::create),
                route(
                        HttpMethod.POST,
                        "/images/:uuid",
                        "ImageAction",
                        "Imports, activates, updates, disables or enables an image, or adds it to a channel.",
                        List.of(ACTION, SOURCE),
                        this::act),
                route(
                        HttpMethod.DELETE,
                        "/images/:uuid",
                        "DeleteImage",
                        "Deletes an image that no other is built on; from one channel, while it is in others.",
                        List.of(new Parameter("force_all_channels", "true deletes it from all channels.")),
                        this::delete),
                route(
                        HttpMethod.PUT,
                        "/images/:uuid/file",
                        "AddImageFile",
                        "Gives an image its file, until it is activated.",
                        List.of(COMPRESSION, SHA1, GUID, SOURCE),
                        this::addFile),
                route(
                        HttpMethod.PUT,
                        "/images/:uuid/icon",
                        "AddImageIcon",
                        "Gives an image an icon (jpeg, gif or png).",
                        List.of(SHA1),
                        this::addIcon),
                route(
                        HttpMethod.DELETE,
                        "/images/:uuid/icon",
                        "DeleteImageIcon",
                        "Takes the icon away.",
                        List.of(),
                        this::deleteIcon),
                route(
                        HttpMethod.POST,
                        "/images/:uuid/acl",
                        "ImageAcl",
                        "Shares a private image with accounts, or no longer.",
                        List.of(new Parameter("action", "add (default) or remove.")),
                        this::changeAcl));
    }

    private static Route route(
            HttpMethod method,
            String path,
            String name,
            String summary,
            List<Parameter> parameters,
            Endpoint endpoint) {
        List<Parameter> all =
                Stream.concat(parameters.stream(), Stream.of(CHANNEL)).toList();
        Doc doc = new Doc(FACE, summary, all, Reply.JSON, ERRORS);
        return new Route(method, PathTemplate.of(path), name, doc, request -> {
            ApiVersion.check(request);
            boolean isFetched = request.query().nonEmpty("source").isPresent();
            return new Reply.Later(() -> endpoint.answer(request), isFetched);
        });
    }

    private Reply create(Request request) throws IOException {
        Author author = Acting.author(request);
        publisher.checkMayPublish(author);
        request.query().get("action").ifPresent(PeerOnly::refuseToCreate);
        Image image = publisher.create(author, JsonBody.object(request));
        request.audit().on(image.uuid());
        return ShownImage.of(request, image);
    }

    private Reply act(Request request) throws IOException {
        String action = request.query().get("action").orElse("");
        if (action.equals("export")) {
            return exports.export(request);
        }
        publisher.checkMayPublish(Acting.principal(request));
        return switch (action) {
            case "import" -> importManifest(request);
            case "import-remote" -> jobs.importRemote(request);
            case "change-stor" -> peerOnly.changeStorage(request);
            case "push" -> peerOnly.push(request);
            default -> ShownImage.of(request, change(request, action));
        };
    }

    private Reply importManifest(Request request) throws IOException {
        Author author = Acting.author(request);
        publisher.checkMayPublish(author);
        Optional<String> source = request.query().nonEmpty("source");
        return source.isPresent()
                ? remote.importManifest(request, source.get())
                : ShownImage.of(
                        request, publisher.importManifest(author, request.parameter("uuid"), JsonBody.object(request)));
    }

    private Image change(Request request, String action) throws IOException {
        Target target = Acting.target(request);
        editor.checkMayChange(target);
        return switch (action) {
            case "activate" -> publisher.activate(target);
            case "disable" -> editor.setDisabled(target, true);
            case "enable" -> editor.setDisabled(target, false);
            case "update" -> editor.update(target, JsonBody.object(request));
            case "channel-add" -> channels.add(request, target);
            case "" ->
                throw new ApiException(
                        InvalidParameter,
                        "no image \"action\" was specified",
                        List.of(new Violation("action", Violation.MISSING_PARAMETER, null)));
            default -> throw notAnAction(action);
        };
    }

    static ApiException notAnAction(String action) {
        return ApiException.invalidParameter("action", "\"" + action + "\" is not a valid action");
    }

    private Reply delete(Request request) throws IOException {
        // It means nothing without channels, but who mistypes it must not lose an image.
        boolean isForAllChannels = request.query().flag("force_all_channels").orElse(false);
        remover.delete(Acting.target(request), isForAllChannels);
        return new Reply.Empty(204, Map.of());
    }

    private Reply addFile(Request request) throws IOException {
        Uploads.checkStorage(request);
        Optional<String> source = request.query().nonEmpty("source");
        if (source.isPresent()) {
            return remote.addFile(request, source.get());
        }
        FileUpload upload = Uploads.file(request);
        return ShownImage.of(request, publisher.addFile(Acting.target(request), upload));
    }

    private Reply addIcon(Request request) throws IOException {
        Uploads.checkStorage(request);
        IconUpload upload = new IconUpload(
                request.body(),
                request.bodyLength(),
                request.header("Content-Type"),
                request.query().get("sha1"));
        return ShownImage.of(request, editor.addIcon(Acting.target(request), upload));
    }

    private Reply deleteIcon(Request request) throws IOException {
        return ShownImage.of(request, editor.deleteIcon(Acting.target(request)));
    }

    private Reply changeAcl(Request request) throws IOException {
        Target target = Acting.target(request);
        editor.checkMayChange(target);
        String action = request.query().nonEmpty("action").orElse("add");
        if (!action.equals("add") && !action.equals("remove")) {
            throw notAnAction(action);
        }
        List<String> accounts = Uploads.acl(JsonBody.any(request));
        return ShownImage.of(
                request, action.equals("add") ? editor.addAcl(target, accounts) : editor.removeAcl(target, accounts));
    }
}
