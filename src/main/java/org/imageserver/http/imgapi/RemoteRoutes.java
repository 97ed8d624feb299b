package org.imageserver.http.imgapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.imageserver.catalogue.Author;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Publisher;
import org.imageserver.catalogue.Target;
import org.imageserver.http.Acting;
import org.imageserver.http.ApiException;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.JsonBody;
import org.imageserver.http.PathTemplate;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.http.Route.Parameter;
import org.imageserver.remote.Peer;

/** Publishing what lies on another server: AddImageFileFromUrl, and the {@code source=} of two other endpoints. */
final class RemoteRoutes {
    private final Publisher publisher;
    private final Remotes remotes;
    private final Jobs jobs;

    RemoteRoutes(Publisher publisher, Remotes remotes, Jobs jobs) {
        this.publisher = publisher;
        this.remotes = remotes;
        this.jobs = jobs;
    }

    /** The routes; import and AddImageFile are of {@link ImgapiWrites}, which asks here when there is a source. */
    List<Route> routes() {
        Doc doc = new Doc(
                "IMGAPI, publishing",
                "Gives an image the file at the https URL in the body's file_url. Meanwhile ListImageJobs tells how far"
                        + " it is.",
                List.of(
                        new Parameter("compression", "gzip, bzip2, xz or none; needed."),
                        new Parameter("sha1", "What the sha1 of the bytes must be."),
                        new Parameter("dataset_guid", "The guid of the snapshot in the file.")),
                Reply.JSON,
                List.of(
                        ErrorCode.UnauthorizedError,
                        ErrorCode.OperatorOnly,
                        ErrorCode.ResourceNotFound,
                        ErrorCode.NotImageOwner,
                        ErrorCode.InvalidParameter,
                        ErrorCode.InvalidContent,
                        ErrorCode.ImageFilesImmutable,
                        ErrorCode.Download,
                        ErrorCode.Upload,
                        ErrorCode.InsufficientStorage));
        return List.of(new Route(
                HttpMethod.POST,
                PathTemplate.of("/images/:uuid/file/from-url"),
                "AddImageFileFromUrl",
                doc,
                request -> {
                    ApiVersion.check(request);
                    return new Reply.Later(() -> addFileFromUrl(request), true);
                }));
    }

    private Reply addFileFromUrl(Request request) throws IOException {
        Target target = Acting.target(request);
        publisher.checkMayAddFile(target, request.query().get("compression"));
        Uploads.checkStorage(request);
        JsonNode url = JsonBody.object(request).path("file_url");
        if (url.isMissingNode() || url.isNull()) {
            throw Remotes.missing("file_url");
        }
        if (!url.isTextual()) {
            throw ApiException.invalidParameter("file_url", "invalid \"file_url\": not a string");
        }
        URI from = remotes.url("file_url", url.textValue());
        Remotes.Sender says = new Remotes.Sender(
                request.query().get("compression"),
                request.query().get("sha1"),
                request.query().nonEmpty("dataset_guid"));
        return ShownImage.of(request, fetched(target, from, says));
    }

    /** While its client waits for the answer, a job tells how far it is. */
    private Image fetched(Target target, URI from, Remotes.Sender says) throws IOException {
        Job job = Job.ofFetch(target.uuid(), from.getHost());
        jobs.add(job);
        job.begin();
        try {
            Image image = remotes.addFile(target, from, says, job);
            job.succeed();
            return image;
        } catch (ApiException | ImageException e) {
            job.fail(String.valueOf(e.getMessage()));
            throw e;
        } catch (IOException e) {
            job.fail("the file cannot be stored: " + e.getMessage());
            throw e;
        } catch (RuntimeException e) {
            job.fail("internal error; the server's log has it");
            throw e;
        }
    }

    /** AdminImportImage with {@code source=}: manifest and icon come from there, not from the body. */
    Reply importManifest(Request request, String source) throws IOException {
        Author author = Acting.author(request);
        remotes.checkAdmin(author.principal());
        String uuid = request.parameter("uuid");
        Peer peer = remotes.peer(source);
        ObjectNode manifest = remotes.manifest(peer, uuid);
        Image imported = publisher.importManifest(author, uuid, manifest);
        return ShownImage.of(request, remotes.withIcon(author.principal(), peer, manifest, imported));
    }

    /** AddImageFile with {@code source=}: the file comes from there, and the peer's manifest tells about it. */
    Reply addFile(Request request, String source) throws IOException {
        Target target = Acting.target(request);
        remotes.checkAdmin(target.principal());
        publisher.checkMayAddFile(target);
        Peer peer = remotes.peer(source);
        return ShownImage.of(request, remotes.addFile(target, peer, remotes.manifest(peer, target.uuid())));
    }
}
