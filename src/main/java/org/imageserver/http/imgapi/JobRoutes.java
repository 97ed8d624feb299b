package org.imageserver.http.imgapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Author;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.http.Acting;
import org.imageserver.http.ApiException;
import org.imageserver.http.Body;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.http.Route.Parameter;
import org.imageserver.manifest.Violation;
import org.imageserver.remote.Peer;

/**
 * Imports that run in the background. The peer hands them to a workflow service and names it in {@code workflow-api};
 * here, that is this server itself, with the one endpoint that its clients poll.
 */
final class JobRoutes {
    private static final String FACE = "IMGAPI, publishing";

    private final Catalogue catalogue;
    private final Remotes remotes;
    private final Jobs jobs;

    JobRoutes(Catalogue catalogue, Remotes remotes, Jobs jobs) {
        this.catalogue = catalogue;
        this.remotes = remotes;
        this.jobs = jobs;
    }

    /** The routes; import-remote itself is an action of {@link ImgapiWrites}. */
    List<Route> routes() {
        return List.of(
                Route.get(
                        "/images/:uuid/jobs",
                        "ListImageJobs",
                        new Doc(
                                FACE,
                                "Lists the imports of an image and the fetches of its file, newest first; for its owner and"
                                        + " admins.",
                                List.of(new Parameter("execution", "queued, running, succeeded or failed.")),
                                Reply.JSON,
                                List.of(ErrorCode.UnauthorizedError, ErrorCode.OperatorOnly)),
                        this::list),
                Route.get(
                        "/jobs/:uuid",
                        "GetJob",
                        new Doc(
                                FACE,
                                "Shows how far an import or a fetch is, and its rate in bytes a second; for whoever knows"
                                        + " its uuid.",
                                List.of(),
                                Reply.JSON,
                                List.of(ErrorCode.ResourceNotFound)),
                        this::get));
    }

    private Reply list(Request request) {
        ApiVersion.check(request);
        if (!isOwner(request)) {
            remotes.checkAdmin(request.principal());
        }
        Optional<String> execution = request.query().nonEmpty("execution");
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        jobs.ofImage(request.parameter("uuid")).stream()
                .map(Job::json)
                .filter(job -> execution
                        .filter(wanted -> !wanted.equals(job.path("execution").asText()))
                        .isEmpty())
                .forEach(list::add);
        return Reply.json(Body.of(list.toString()), null);
    }

    private boolean isOwner(Request request) {
        return request.principal() instanceof Principal.Account account
                && catalogue
                        .snapshot()
                        .own(request.parameter("uuid"))
                        .filter(image -> image.owner().equals(account.uuid()))
                        .isPresent();
    }

    private Reply get(Request request) {
        String uuid = request.parameter("uuid");
        Job job = jobs.find(uuid)
                .orElseThrow(() -> new ApiException(ErrorCode.ResourceNotFound, "job " + uuid + " not found"));
        return Reply.json(Body.of(job.json().toString()), null);
    }

    /** AdminImportRemoteImage: what can be refused at once is; the rest happens after the answer. */
    Reply importRemote(Request request) {
        Author author = Acting.author(request);
        remotes.checkAdmin(author.principal());
        catalogue.publisher().checkMayPublish(author);
        String source = request.query().nonEmpty("source").orElseThrow(JobRoutes::missingSource);
        String uuid = request.parameter("uuid");
        Peer peer = remotes.peer(source);
        ImportJob work = new ImportJob(catalogue, remotes, author, peer);
        if (work.isHere(uuid)) {
            throw new ApiException(ErrorCode.ImageUuidAlreadyExists, "image uuid \"" + uuid + "\" already exists");
        }
        remotes.manifest(peer, uuid);
        Job job = Job.ofImport(uuid, source);
        jobs.submit(job, work::run);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("image_uuid", uuid).put("job_uuid", job.uuid());
        String here = request.client().scheme() + "://" + request.host();
        return Reply.json(Body.of(answer.toString()), null).with("workflow-api", here);
    }

    private static ApiException missingSource() {
        return new ApiException(
                ErrorCode.InvalidParameter,
                "missing \"source\": the URL of the image server to import from",
                List.of(new Violation("source", Violation.MISSING, null)));
    }
}
