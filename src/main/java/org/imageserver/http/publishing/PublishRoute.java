package org.imageserver.http.publishing;

import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.List;
import org.imageserver.catalogue.Author;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Publisher;
import org.imageserver.http.Acting;
import org.imageserver.http.Body;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.PathTemplate;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.http.Route.Parameter;

/**
 * {@code POST /publish}: an image in one request, with the raw stream as its body and the manifest in the query. No
 * peer has it; it is for {@code zfs send ... | gzip | curl -T -}.
 */
public final class PublishRoute {
    private final Publisher publisher;

    /** Makes the route to a publisher. */
    public PublishRoute(Publisher publisher) {
        this.publisher = publisher;
    }

    /** The route. */
    public Route route() {
        Doc doc = new Doc(
                "Publishing in one request",
                "Publishes the stream in the body as an image; the query is its manifest.",
                List.of(
                        new Parameter("name", "Needed."),
                        new Parameter("version", "Needed."),
                        new Parameter("FIELD", "Any other field of the manifest; lists and objects as JSON."),
                        new Parameter("channel", "Where channels are configured: the one that it comes into."),
                        new Parameter("sha1", "What the sha1 of the bytes must be.")),
                Reply.JSON,
                List.of(
                        ErrorCode.UnauthorizedError,
                        ErrorCode.OperatorOnly,
                        ErrorCode.ValidationFailed,
                        ErrorCode.InvalidParameter,
                        ErrorCode.OriginDoesNotExist,
                        ErrorCode.Upload,
                        ErrorCode.Download,
                        ErrorCode.InsufficientStorage));
        return new Route(HttpMethod.POST, PathTemplate.of("/publish"), "Publish", doc, this::later);
    }

    /** The same by PUT, which is what {@code curl -T} sends. */
    public Route byPut() {
        Route post = route();
        return new Route(HttpMethod.PUT, post.path(), "PublishByPut", post.doc(), this::later);
    }

    private Reply later(Request request) {
        return new Reply.Later(() -> publish(request));
    }

    private Reply publish(Request request) throws IOException {
        Author author = Acting.author(request);
        publisher.checkMayPublish(author);
        Publication publication = Publication.of(request.query());
        Image image = publisher.publish(
                author, publication.manifest(), publication.file(request.body(), request.bodyLength()));
        request.audit().on(image.uuid());
        return Reply.json(Body.of(image.json().bytes()), image.json().etag());
    }
}
