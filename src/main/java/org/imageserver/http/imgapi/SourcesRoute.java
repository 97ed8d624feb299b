package org.imageserver.http.imgapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Supplier;
import org.imageserver.auth.Principal;
import org.imageserver.http.ApiException;
import org.imageserver.http.Body;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;

/** {@code GET /sources}: how it stands with the servers whose images are brought here; for administrators. */
public final class SourcesRoute {
    private final Supplier<List<ObjectNode>> sources;

    /** Makes the route. */
    public SourcesRoute(Supplier<List<ObjectNode>> sources) {
        this.sources = sources;
    }

    /** The route. */
    public Route route() {
        return Route.get(
                "/sources",
                "ListSources",
                new Doc(
                        "IMGAPI",
                        "Lists the servers whose images are brought here: the last look, the last error, what was brought and"
                                + " what is under way since the start; of those that are asked on demand also how many images"
                                + " they offer, of which time that list is, and whether they are down; for admins.",
                        List.of(),
                        Reply.JSON,
                        List.of(ErrorCode.UnauthorizedError, ErrorCode.OperatorOnly)),
                this::list);
    }

    private Reply list(Request request) {
        switch (request.principal()) {
            case Principal.Anonymous anonymous ->
                throw new ApiException(ErrorCode.UnauthorizedError, "Unauthorized (the sources are for admins)");
            case Principal.Account account -> {
                if (!account.isAdmin()) {
                    throw new ApiException(ErrorCode.OperatorOnly, "only an admin may see the sources");
                }
            }
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        sources.get().forEach(list::add);
        return Reply.json(Body.of(list.toString()), null);
    }
}
