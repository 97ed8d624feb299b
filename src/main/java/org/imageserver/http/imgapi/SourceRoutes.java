package org.imageserver.http.imgapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.imageserver.config.WrongSourceException;
import org.imageserver.http.Acting;
import org.imageserver.http.ApiException;
import org.imageserver.http.Body;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.JsonBody;
import org.imageserver.http.PathTemplate;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.manifest.Violation;
import org.imageserver.mirror.Listed;
import org.imageserver.mirror.NoSuchSourceException;
import org.imageserver.mirror.Plan;
import org.imageserver.mirror.Sources;
import org.imageserver.remote.RemoteException;

/** How administrators change from which servers images come; their list is a page, too. */
public final class SourceRoutes {
    private static final String FACE = "Sources";

    private final Sources sources;

    /** Makes the routes. */
    public SourceRoutes(Sources sources) {
        this.sources = sources;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                route(
                        HttpMethod.POST,
                        "/sources",
                        "AddSource",
                        "Adds a server whose images are brought here, without a restart. The body is an object as the"
                                + " configuration's \"sources\" has them.",
                        request -> shown(request, sources.add(JsonBody.object(request)))),
                route(
                        HttpMethod.POST,
                        "/sources/try",
                        "TrySource",
                        "What a source would bring, and how big that is; brings nothing. The body is as for AddSource.",
                        request -> plan(sources.rehearse(Optional.empty(), JsonBody.object(request)))),
                route(
                        HttpMethod.PUT,
                        "/sources/:id",
                        "ChangeSource",
                        "Puts other wishes in the place of those of a source, except its url and channel, which name it."
                                + " Its credentials stay when the body has none; an empty text removes them. What is being"
                                + " fetched from it is begun anew.",
                        request -> shown(request, sources.change(id(request), JsonBody.object(request)))),
                route(
                        HttpMethod.DELETE,
                        "/sources/:id",
                        "RemoveSource",
                        "Takes a source away. What came from it stays; what is being fetched is broken off.",
                        this::remove),
                route(
                        HttpMethod.POST,
                        "/sources/:id/try",
                        "TryChangedSource",
                        "What a source would bring now, or with the body of a ChangeSource; brings nothing.",
                        this::rehearse));
    }

    private interface Work {
        Reply answer(Request request) throws IOException, WrongSourceException, NoSuchSourceException;
    }

    private static Route route(HttpMethod method, String path, String name, String summary, Work work) {
        Doc doc = new Doc(
                FACE,
                summary + " For admins.",
                List.of(),
                Reply.JSON,
                List.of(
                        ErrorCode.UnauthorizedError,
                        ErrorCode.OperatorOnly,
                        ErrorCode.InvalidContent,
                        ErrorCode.ResourceNotFound,
                        ErrorCode.ValidationFailed,
                        ErrorCode.RemoteSourceError));
        return new Route(method, PathTemplate.of(path), name, doc, request -> {
            Acting.requireAdmin(request, "the sources");
            return new Reply.Later(() -> answer(request, work));
        });
    }

    private static Reply answer(Request request, Work work) throws IOException {
        try {
            return work.answer(request);
        } catch (WrongSourceException e) {
            throw new ApiException(
                    ErrorCode.ValidationFailed,
                    "the source cannot be used: " + e.getMessage(),
                    e.faults().entrySet().stream()
                            .map(fault -> new Violation(
                                    fault.getKey(),
                                    Violation.INVALID,
                                    "\"" + fault.getKey() + "\" " + fault.getValue()))
                            .toList());
        } catch (NoSuchSourceException e) {
            throw new ApiException(
                    e.isConfigured() ? ErrorCode.ValidationFailed : ErrorCode.ResourceNotFound, e.getMessage());
        } catch (RemoteException e) {
            throw new ApiException(ErrorCode.RemoteSourceError, e.getMessage());
        }
    }

    private static String id(Request request) {
        return request.parameter("id");
    }

    private static Reply shown(Request request, ObjectNode source) {
        request.audit().onSource(source.path("url").asText());
        return Reply.json(Body.of(source.toString()), null);
    }

    private Reply remove(Request request) throws IOException, WrongSourceException, NoSuchSourceException {
        sources.remove(id(request));
        return new Reply.Empty(204, Map.of());
    }

    private Reply rehearse(Request request) throws IOException, WrongSourceException, NoSuchSourceException {
        Optional<JsonNode> wish = JsonBody.any(request);
        if (wish.isEmpty()) {
            return plan(sources.rehearse(id(request)));
        }
        if (wish.get() instanceof ObjectNode source) {
            return plan(sources.rehearse(Optional.of(id(request)), source));
        }
        throw new ApiException(ErrorCode.InvalidContent, "expected a JSON object, a source, or no body");
    }

    private static Reply plan(Plan plan) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("to_bring", plan.missing().size())
                .put("bytes", plan.bytes())
                .put("here", plan.present())
                .put("changed", plan.changed().size())
                .put("gone", plan.gone().size());
        for (Listed image : plan.missing()) {
            json.withArray("images")
                    .addObject()
                    .put("uuid", image.uuid())
                    .put("name", image.name())
                    .put("version", image.version())
                    .put("bytes", image.size());
        }
        return Reply.json(Body.of(json.toString()), null);
    }
}
