package org.imageserver.http.imgapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Author;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.ChannelScope;
import org.imageserver.catalogue.Export;
import org.imageserver.catalogue.FileUpload;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.OpenFile;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.http.Acting;
import org.imageserver.http.ApiException;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.PathTemplate;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.http.Route.Parameter;
import org.imageserver.manifest.InvalidManifestException;
import org.imageserver.manifest.ManifestJson;

/**
 * Images taken out and copied: ExportImage and CloneImage. The peer exports to Manta; where there is none, the client
 * gets the bytes.
 */
final class ExportRoutes {
    private static final String FACE = "IMGAPI, publishing";

    /** What a copy does not share with its original, or gets from the server. */
    private static final List<String> NOT_COPIED =
            List.of("uuid", "owner", "acl", "state", "published_at", "files", "urn", "icon", "error", "channels");

    private final Catalogue catalogue;
    private final Export exports;

    ExportRoutes(Catalogue catalogue) {
        this.catalogue = catalogue;
        this.exports = new Export(catalogue);
    }

    /** The routes; {@code action=export} is of {@link ImgapiWrites}. */
    List<Route> routes() {
        Doc export = new Doc(
                FACE,
                "Sends an image with its origins as a tar; whole or a range.",
                List.of(ImgapiRoutes.CHANNEL),
                "application/x-tar",
                List.of(ErrorCode.ResourceNotFound, ErrorCode.StorageIsDown, ErrorCode.RequestedRangeNotSatisfiable));
        Doc clone = new Doc(
                FACE,
                "Copies an image that is shared with the account, which owns the copy.",
                List.of(new Parameter(
                        "account", "The owner of the copy; only an admin may name another than himself.")),
                Reply.JSON,
                List.of(
                        ErrorCode.UnauthorizedError,
                        ErrorCode.OperatorOnly,
                        ErrorCode.ResourceNotFound,
                        ErrorCode.ImageNotShared,
                        ErrorCode.ValidationFailed,
                        ErrorCode.InsufficientStorage));
        return List.of(
                Route.get("/images/:uuid/export", "ExportImage", export, request -> {
                    ApiVersion.check(request);
                    return new Reply.Later(() -> export(request));
                }),
                new Route(HttpMethod.POST, PathTemplate.of("/images/:uuid/clone"), "CloneImage", clone, request -> {
                    ApiVersion.check(request);
                    return new Reply.Later(() -> copy(request), true);
                }));
    }

    /** ExportImage: for everyone who may see the image and all of its origins. */
    Reply export(Request request) throws IOException {
        String uuid = request.parameter("uuid");
        // Its origins may be in other channels.
        Image image = catalogue.snapshot().image(uuid, request.principal(), scope(request));
        return new Reply.FileContent(exports.open(request.principal(), image.uuid()));
    }

    private ChannelScope scope(Request request) {
        return catalogue.channels().toRead(request.query().get("channel"));
    }

    private Reply copy(Request request) throws IOException {
        Author author = Acting.author(request);
        Principal owner = author.principal();
        catalogue.publisher().checkMayPublish(author);
        String uuid = request.parameter("uuid");
        Snapshot snapshot = catalogue.snapshot();
        Image original = snapshot.image(uuid, request.principal(), scope(request));
        checkShared(original, request.principal(), owner);
        ObjectNode manifest = manifest(original);
        JsonNode said = manifest.path("files").path(0);
        Optional<String> sha1 = Optional.ofNullable(said.path("sha1").textValue());
        Optional<String> guid = Optional.ofNullable(said.path("dataset_guid").textValue());
        manifest.remove(NOT_COPIED);
        try (OpenFile file = catalogue.files().open(snapshot, request.principal(), uuid, 0)) {
            FileUpload bytes = new FileUpload(
                    Channels.newChannel(file.stream(0, file.size())),
                    OptionalLong.of(file.size()),
                    Optional.empty(),
                    sha1,
                    guid);
            Image copy = catalogue.publisher().publish(author, manifest, bytes);
            request.audit().on(copy.uuid());
            return ShownImage.of(request, copy);
        }
    }

    private static void checkShared(Image original, Principal asking, Principal owner) {
        boolean isShared = owner instanceof Principal.Account account
                && (original.owner().equals(account.uuid()) || original.acl().contains(account.uuid()));
        if (!isShared && !asking.isAdmin()) {
            throw new ApiException(
                    ErrorCode.ImageNotShared, "image " + original.uuid() + " is not shared with the account");
        }
    }

    private static ObjectNode manifest(Image image) throws IOException {
        try {
            return ManifestJson.parse(image.json().bytes());
        } catch (InvalidManifestException e) {
            throw new IOException("the manifest of image " + image.uuid() + " cannot be read again", e);
        }
    }
}
