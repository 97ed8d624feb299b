package org.imageserver.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpServerRequest;

/** Says what is wrong with bytes that are no HTTP request. */
final class MalformedRequest {
    private MalformedRequest() {}

    /** The cause for a request of a version that is not spoken here. */
    static final class UnknownVersion extends Exception {
        UnknownVersion(String version) {
            super("HTTP/1.0 and HTTP/1.1 are spoken here, not " + version, null, false, false);
        }
    }

    /** The cause for a request whose body is coded otherwise than in chunks. */
    static final class UnknownCoding extends Exception {
        UnknownCoding() {
            super("\"chunked\" is the one Transfer-Encoding that is known here", null, false, false);
        }
    }

    static ApiException describe(HttpServerRequest raw) {
        Throwable cause = raw.decoderResult().cause();
        if (cause instanceof TooLongHttpLineException) {
            return new ApiException(
                    ErrorCode.UriTooLong, "the request line is longer than " + HttpServer.MAX_REQUEST_LINE + " bytes");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return new ApiException(
                    ErrorCode.RequestHeaderFieldsTooLarge,
                    "the headers are larger than " + HttpServer.MAX_HEADERS + " bytes");
        }
        if (cause instanceof UnknownVersion || cause instanceof UnknownCoding) {
            return new ApiException(ErrorCode.BadRequest, String.valueOf(cause.getMessage()));
        }
        return new ApiException(ErrorCode.BadRequest, "the request is not valid HTTP");
    }
}
