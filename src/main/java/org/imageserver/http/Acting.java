package org.imageserver.http;

import java.util.Optional;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Role;
import org.imageserver.catalogue.Author;
import org.imageserver.catalogue.Target;
import org.imageserver.manifest.Uuid;

/** On whose behalf a request acts: Triton's cloudapi names an account in the query, which only an admin may. */
public final class Acting {
    private Acting() {}

    /**
     * The image in the path, for a change on behalf of whoever acts; {@code If-Match} guards every one.
     *
     * @throws ApiException as {@link #principal} does
     */
    public static Target target(Request request) {
        return new Target(
                principal(request),
                request.parameter("uuid"),
                channel(request),
                current -> request.checkIfMatch(
                        current.json().etag(), current.jsonWithoutChannels().etag()));
    }

    /**
     * Who makes an image, and in which channel.
     *
     * @throws ApiException as {@link #principal} does
     */
    public static Author author(Request request) {
        return new Author(principal(request), channel(request));
    }

    private static Optional<String> channel(Request request) {
        return Optional.of(request.query().get("channel").orElse(""));
    }

    /**
     * Who changes something.
     *
     * @throws ApiException when the account is no uuid, or not the client's to name
     */
    public static Principal principal(Request request) {
        Optional<String> account = request.query().get("account");
        if (account.isEmpty()) {
            return request.principal();
        }
        if (!Uuid.isUuid(account.get())) {
            throw ApiException.invalidParameter(
                    "account", "invalid \"account\": not a UUID: \"" + account.get() + "\"");
        }
        return switch (request.principal()) {
            case Principal.Anonymous anonymous -> anonymous;
            case Principal.Account own -> account(own, account.get());
        };
    }

    /**
     * An account that acts for the one with this uuid.
     *
     * @throws ApiException when it may not
     */
    public static Principal.Account account(Principal.Account own, String uuid) {
        if (!own.isAdmin() && !own.uuid().equals(uuid)) {
            throw new ApiException(ErrorCode.OperatorOnly, "only an admin may act for another account");
        }
        // An admin steps down to what that account may do; nobody steps up.
        return own.isAdmin() ? new Principal.Account(own.name(), uuid, Role.PUBLISHER) : own;
    }

    /**
     * Lets administrators through.
     *
     * @param what they alone may see or do: {@code the sources}
     * @throws ApiException when it is somebody else
     */
    public static void requireAdmin(Request request, String what) {
        switch (request.principal()) {
            case Principal.Anonymous anonymous ->
                throw new ApiException(ErrorCode.UnauthorizedError, "Unauthorized (" + what + " are for admins)");
            case Principal.Account account -> {
                if (!account.isAdmin()) {
                    throw new ApiException(ErrorCode.OperatorOnly, what + " are for admins");
                }
            }
        }
    }
}
