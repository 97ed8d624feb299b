package org.imageserver.http.imgapi;

import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.AdminFields;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Target;
import org.imageserver.http.Acting;
import org.imageserver.http.ApiException;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.PathTemplate;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.manifest.Violation;

/**
 * What the peer does with services that stand beside it (Manta, docker and LXD registries, compute nodes), of which a
 * server by itself has none. Each request is answered with what to do instead.
 */
final class PeerOnly {
    private final Catalogue catalogue;

    PeerOnly(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** The routes; {@code action=push} and {@code action=change-stor} are of {@link ImgapiWrites}. */
    List<Route> routes() {
        Doc doc = new Doc(
                "IMGAPI, publishing",
                "Is not offered here; the answer says what to do instead.",
                List.of(),
                Reply.JSON,
                List.of(
                        ErrorCode.UnauthorizedError,
                        ErrorCode.OperatorOnly,
                        ErrorCode.ResourceNotFound,
                        ErrorCode.ValidationFailed,
                        ErrorCode.NotAvailable));
        return List.of(new Route(
                HttpMethod.POST, PathTemplate.of("/images/:uuid/push"), "AdminPushDockerImage", doc, request -> {
                    ApiVersion.check(request);
                    return new Reply.Later(() -> push(request));
                }));
    }

    /** AdminChangeImageStor: there is one storage, so an image is where it can be, or cannot go there. */
    Reply changeStorage(Request request) throws IOException {
        Target target = Acting.target(request);
        checkAdmin(target.principal());
        Optional<String> storage = request.query().nonEmpty("stor");
        if (storage.isEmpty()) {
            throw invalid("missing \"stor\" query parameter", "stor", Violation.MISSING_PARAMETER);
        }
        if (!storage.get().equals(AdminFields.STORAGE)) {
            throw invalid(
                    "unknown storage type \"" + storage.get() + "\"; this server has one, \"" + AdminFields.STORAGE
                            + "\", and every image is there",
                    "stor",
                    Violation.INVALID);
        }
        catalogue.editor().checkMayChange(target);
        Image image = catalogue.snapshot().image(target.uuid(), target.principal());
        return ShownImage.of(request, image);
    }

    /** AdminPushDockerImage. */
    Reply push(Request request) {
        Principal principal = Acting.principal(request);
        checkAdmin(principal);
        String uuid = request.parameter("uuid");
        if (!catalogue.snapshot().image(uuid, principal).type().equals("docker")) {
            throw invalid("image is not a docker image", "type", Violation.INVALID);
        }
        throw new ApiException(
                ErrorCode.NotAvailable,
                "this server pushes to no docker registry; get the layer at /images/" + uuid
                        + "/file and push it with docker's own tools");
    }

    /** Refuses an action of CreateImage, all of which need such a service. */
    static void refuseToCreate(String action) {
        switch (action) {
            case "create-from-vm" ->
                throw new ApiException(
                        ErrorCode.NotAvailable,
                        "this server makes no image of a machine; make it where the machine is, with"
                                + " `imgadm create -p`, or send its snapshot to /publish");
            case "import-docker-image", "import-lxd-image" ->
                throw new ApiException(
                        ErrorCode.NotAvailable,
                        "this server fetches from no docker or LXD registry; import the image's manifest with"
                                + " action=import and send its file");
            default -> throw ApiException.invalidParameter("action", "\"" + action + "\" is not a valid action");
        }
    }

    private void checkAdmin(Principal principal) {
        catalogue.publisher().checkMayPublish(principal);
        if (!principal.isAdmin()) {
            throw new ApiException(ErrorCode.OperatorOnly, "this endpoint may only be called by an operator");
        }
    }

    private static ApiException invalid(String message, String field, String code) {
        return new ApiException(ErrorCode.ValidationFailed, message, List.of(new Violation(field, code, null)));
    }
}
