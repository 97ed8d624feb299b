package org.imageserver.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.imageserver.manifest.Violation;

/**
 * An answer that is an error, decided in the HTTP layer itself (a bad query, a wrong method, a failed precondition).
 * What the catalogue refuses arrives as {@link org.imageserver.catalogue.ImageException} instead.
 */
public final class ApiException extends RuntimeException {
    private final ErrorCode code;
    private final transient List<Violation> errors;
    private final transient Map<String, String> headers;

    private ApiException(ErrorCode code, String message, List<Violation> errors, Map<String, String> headers) {
        super(message, null, false, false);
        this.code = code;
        this.errors = List.copyOf(errors);
        this.headers = Map.copyOf(headers);
    }

    /** Makes an error with the fields that are wrong. */
    public ApiException(ErrorCode code, String message, List<Violation> errors) {
        this(code, message, errors, Map.of());
    }

    /** Makes an error that concerns no field. */
    public ApiException(ErrorCode code, String message) {
        this(code, message, List.of());
    }

    /** A query parameter that cannot be used (422 InvalidParameter with one entry in {@code errors}). */
    public static ApiException invalidParameter(String field, String message) {
        return new ApiException(ErrorCode.InvalidParameter, message, List.of(new Violation(field, "Invalid", null)));
    }

    /** The same error; its answer has one more header, which HTTP demands with such a status. */
    public ApiException with(String header, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(header, value);
        return new ApiException(code, String.valueOf(getMessage()), errors, more);
    }

    /** Headers of the answer, by name. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Which error of the catalogue. */
    public ErrorCode code() {
        return code;
    }

    /** The fields that are wrong; most errors concern none. */
    public List<Violation> errors() {
        return errors;
    }
}
