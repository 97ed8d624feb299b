package org.imageserver.http;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.imageserver.auth.Authenticator;
import org.imageserver.catalogue.DamagedFileException;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.StorageDownException;
import org.imageserver.catalogue.StorageFullException;
import org.imageserver.manifest.Violation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where errors become answers: {@code {"code", "message", "errors"}} with both strings always there,
 * because imgadm fails on a code without a message.
 */
public final class ErrorReplies {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorReplies.class);

    /** A guess: outages of a storage are over in a moment or in an hour. */
    private static final String RETRY_AFTER_SECONDS = "10";

    private static final JsonMapper JSON = new JsonMapper();

    private ErrorReplies() {}

    /** The answer to a request that failed; a fault of the server is logged with the request's id. */
    static Reply.Content of(Throwable failure, String requestId) {
        return reply(describe(failure, requestId));
    }

    /**
     * What a client is told of a failure, whenever that will be. A fault of the server is logged now.
     *
     * @param id under which the log has it: the request's, or that of what it began
     */
    public static ApiException describe(Throwable failure, String id) {
        return switch (failure) {
            case ApiException refused -> refused;
            case ImageException refused -> translate(refused);
            case RequestBody.BrokenOffException gone ->
                new ApiException(ErrorCode.Upload, String.valueOf(gone.getMessage()));
            case StorageFullException full ->
                new ApiException(ErrorCode.InsufficientStorage, String.valueOf(full.getMessage()));
            case StorageDownException down -> {
                // Its trace is in the log once, where the catalogue found out.
                LOG.atWarn().addKeyValue("req_id", id).log("the storage is down: {}", down.getCause());
                yield new ApiException(ErrorCode.StorageIsDown, String.valueOf(down.getMessage()))
                        .with("Retry-After", RETRY_AFTER_SECONDS);
            }
            case DamagedFileException damaged -> {
                LOG.atWarn().addKeyValue("req_id", id).log("not served: {}", String.valueOf(damaged.getCause()));
                yield new ApiException(ErrorCode.StorageIsDown, String.valueOf(damaged.getMessage()))
                        .with("Retry-After", RETRY_AFTER_SECONDS);
            }
            default -> {
                LOG.atError().addKeyValue("req_id", id).setCause(failure).log("request failed");
                yield new ApiException(
                        ErrorCode.InternalError, "internal error; the server's log has it under req_id " + id);
            }
        };
    }

    private static ApiException translate(ImageException refused) {
        String message = refused.getMessage();
        return switch (refused) {
            case ImageException.NotFound missing -> new ApiException(ErrorCode.ResourceNotFound, message);
            case ImageException.FileUnavailable gone -> new ApiException(ErrorCode.StorageIsDown, message);
            case ImageException.CredentialNeeded needed ->
                new ApiException(ErrorCode.UnauthorizedError, message)
                        .with("WWW-Authenticate", Authenticator.CHALLENGE);
            case ImageException.Refused because ->
                new ApiException(code(because.reason()), message, because.violations());
        };
    }

    private static ErrorCode code(ImageException.Reason reason) {
        return switch (reason) {
            case VALIDATION_FAILED -> ErrorCode.ValidationFailed;
            case INVALID_PARAMETER -> ErrorCode.InvalidParameter;
            case PRECONDITION_FAILED -> ErrorCode.PreconditionFailed;
            case OPERATOR_ONLY -> ErrorCode.OperatorOnly;
            case NOT_OWNER -> ErrorCode.NotImageOwner;
            case UUID_EXISTS -> ErrorCode.ImageUuidAlreadyExists;
            case FILES_IMMUTABLE -> ErrorCode.ImageFilesImmutable;
            case ALREADY_ACTIVATED -> ErrorCode.ImageAlreadyActivated;
            case NO_FILE -> ErrorCode.NoActivationNoFile;
            case ORIGIN_MISSING -> ErrorCode.OriginDoesNotExist;
            case ORIGIN_INACTIVE -> ErrorCode.OriginIsNotActive;
            case HAS_DEPENDENTS -> ErrorCode.ImageHasDependentImages;
            case BAD_UPLOAD -> ErrorCode.Upload;
            case BAD_DOWNLOAD -> ErrorCode.Download;
            case STORAGE_FULL -> ErrorCode.InsufficientStorage;
        };
    }

    private static Reply.Content reply(ApiException error) {
        return new Reply.Content(
                error.code().status(), Reply.JSON, Body.of(json(error).toString()), null, error.headers());
    }

    /** An error as every answer has it. */
    public static ObjectNode json(ApiException error) {
        ObjectNode json = JSON.createObjectNode();
        json.put("code", error.code().name()).put("message", String.valueOf(error.getMessage()));
        boolean alwaysLists = error.code() == ErrorCode.ValidationFailed;
        if (alwaysLists || !error.errors().isEmpty()) {
            json.set("errors", errors(error.errors()));
        }
        return json;
    }

    private static ArrayNode errors(List<Violation> violations) {
        ArrayNode errors = JSON.createArrayNode();
        for (Violation violation : violations) {
            ObjectNode entry = errors.addObject();
            entry.put("field", violation.field()).put("code", violation.code());
            if (violation.message() != null) {
                entry.put("message", violation.message());
            }
        }
        return errors;
    }
}
