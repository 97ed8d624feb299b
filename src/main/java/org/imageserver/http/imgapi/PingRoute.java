package org.imageserver.http.imgapi;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.imageserver.http.ApiException;
import org.imageserver.http.Body;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.manifest.Violation;

/** {@code GET /ping}: imgadm takes a source for an IMGAPI when {@code imgapi} is true in the answer. */
final class PingRoute {
    private final Body pong;

    PingRoute(String version) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("ping", "pong").put("version", version).put("imgapi", true);
        this.pong = Body.of(json.toString());
    }

    Reply answer(Request request) {
        Optional<String> error = request.query().get("error");
        if (error.isPresent()) {
            throw sample(error.get());
        }
        return Reply.json(pong, null);
    }

    /** {@code ?error=CODE} shows what that error looks like; without a code, an internal one. */
    private static ApiException sample(String name) {
        if (name.isEmpty()) {
            return ErrorCode.InternalError.sample();
        }
        String fullName = name.endsWith("Error") ? name : name + "Error";
        return ErrorCode.named(name)
                .map(ErrorCode::sample)
                .orElseGet(() -> new ApiException(
                        ErrorCode.InvalidParameter,
                        "unknown error: " + fullName,
                        List.of(new Violation("error", Violation.MISSING, null))));
    }
}
