package org.imageserver.http.imgapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.imageserver.auth.AuthorizedKeys;
import org.imageserver.auth.AuthorizedKeys.Loaded;
import org.imageserver.catalogue.Publisher;
import org.imageserver.http.ApiException;
import org.imageserver.http.Body;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.PathTemplate;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;

/** AdminReloadAuthKeys: the ssh keys of accounts are read again. */
final class AuthKeysRoute {
    private final Publisher publisher;
    private final AuthorizedKeys keys;

    AuthKeysRoute(Publisher publisher, AuthorizedKeys keys) {
        this.publisher = publisher;
        this.keys = keys;
    }

    Route route() {
        Doc doc = new Doc(
                "IMGAPI, publishing",
                "Reads the accounts' ssh keys again; answers {}, or the lines that cannot be used.",
                List.of(),
                Reply.JSON,
                List.of(ErrorCode.UnauthorizedError, ErrorCode.OperatorOnly));
        return new Route(HttpMethod.POST, PathTemplate.of("/authkeys/reload"), "AdminReloadAuthKeys", doc, request -> {
            ApiVersion.check(request);
            return new Reply.Later(() -> reload(request));
        });
    }

    private Reply reload(Request request) {
        publisher.checkMayPublish(request.principal());
        if (!request.principal().isAdmin()) {
            throw new ApiException(ErrorCode.OperatorOnly, "only an admin may have the keys read again");
        }
        Loaded loaded = keys.reload();
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        if (!loaded.problems().isEmpty()) {
            ArrayNode problems = answer.putArray("problems");
            loaded.problems().forEach(problems::add);
        }
        return Reply.json(Body.of(answer.toString()), null);
    }
}
