package org.imageserver.http.health;

import java.util.List;
import java.util.Map;
import org.imageserver.http.ApiException;
import org.imageserver.http.Body;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.tls.Challenges;

/** What an authority reads to find out whether a host name leads here (RFC 8555, 8.3). Thread-safe. */
public final class ChallengeRoute {
    private final Challenges challenges;

    /** Makes a route to what is shown at the moment. */
    public ChallengeRoute(Challenges challenges) {
        this.challenges = challenges;
    }

    /** Where it is, by the standard. */
    public Route route() {
        return Route.get(
                "/.well-known/acme-challenge/:token",
                "AcmeChallenge",
                new Doc(
                        HealthRoutes.FACE,
                        "Shows the authority that gives the server's certificate what it wants to see, while it looks.",
                        List.of(),
                        "application/octet-stream",
                        List.of(ErrorCode.ResourceNotFound)),
                this::answer);
    }

    private Reply answer(Request request) {
        String text = challenges
                .text(request.parameter("token"))
                .orElseThrow(() -> new ApiException(ErrorCode.ResourceNotFound, "nothing is shown under this token"));
        return new Reply.Content(
                200, "application/octet-stream", Body.of(text), null, Map.of("Cache-Control", "no-store"));
    }
}
