package org.imageserver.http;

import java.util.Arrays;
import java.util.Optional;

/**
 * Every error that a client can see: IMGAPI's catalogue (sdc-imgapi, "Errors") and HTTP's own. {@code GET
 * /ping?error=CODE} shows the sample of each.
 */
public enum ErrorCode {
    ValidationFailed(422, "boom"),
    InvalidParameter(422, "invalid \"foo\""),
    ImageFilesImmutable(422, "cannot modify files on activated image 82ce32a2-9cb4-9a4c-a303-7a63254bacf4"),
    ImageAlreadyActivated(422, "image \"ed8cd007-2065-0140-8d41-e32247b71748\" is already activated"),
    NoActivationNoFile(422, "image \"ed8cd007-2065-0140-8d41-e32247b71748\" cannot be activated: it has no file"),
    OwnerDoesNotExist(422, "owner ed8cd007-2065-0140-8d41-e32247b71748 does not exist"),
    AccountDoesNotExist(422, "account ed8cd007-2065-0140-8d41-e32247b71748 does not exist"),
    NotImageOwner(
            422,
            "account 86055c40-2547-11e2-8a6b-4bb37edc84ba is not the owner of image"
                    + " ed8cd007-2065-0140-8d41-e32247b71748"),
    NotMantaPathOwner(422, "account does not own the given manta path"),
    ImageNotShared(422, "image ed8cd007-2065-0140-8d41-e32247b71748 is not shared with the account"),
    OriginDoesNotExist(422, "origin image \"ed8cd007-2065-0140-8d41-e32247b71748\" does not exist"),
    OriginIsNotActive(422, "origin image \"ed8cd007-2065-0140-8d41-e32247b71748\" is not active"),
    InsufficientServerVersion(422, "the server does not meet the minimum platform requirement"),
    ImageHasDependentImages(
            422,
            "image \"ed8cd007-2065-0140-8d41-e32247b71748\" has 1 dependent incremental image(s):"
                    + " df2f87c5-2820-4ee7-923e-02459c2d9106"),
    OperatorOnly(403, "this endpoint may only be called by an operator"),
    InvalidCsrfToken(403, "this page's proof that you made the request (X-CSRF-Token) is missing"),
    UploadConflict(409, "Upload-Offset is 0, but the upload has 5 bytes"),
    ImageUuidAlreadyExists(409, "image uuid \"ed8cd007-2065-0140-8d41-e32247b71748\" already exists"),
    Upload(400, "error receiving the upload"),
    Download(400, "error fetching the file"),
    StorageIsDown(503, "storage is down at the moment"),
    StorageUnsupported(503, "storage type is unsupported"),
    RemoteSourceError(503, "error from the remote source"),
    NotAvailable(501, "this feature is not available"),
    NotImplemented(400, "this is not implemented"),
    ResourceNotFound(404, "/foo does not exist"),
    InvalidHeader(400, "invalid header"),
    InvalidVersion(400, "~99 is not supported by GET /images"),
    InvalidContent(400, "Invalid JSON: unexpected end of input"),
    BadDigest(400, "Content-MD5 does not match the body"),
    BadRequest(400, "the request is not valid HTTP"),
    UnauthorizedError(401, "Unauthorized"),
    MethodNotAllowedError(405, "POST is not allowed"),
    PreconditionFailed(412, "if-match 'abc' didn't match etag 'def'"),
    RequestEntityTooLarge(413, "the body is larger than 64 KiB"),
    UnsupportedMediaType(415, "expected application/offset+octet-stream"),
    UriTooLong(414, "the request line is longer than 8 KiB"),
    RequestedRangeNotSatisfiable(416, "range 'bytes=10-' is outside of the 5 bytes that there are"),
    TooManyRequests(429, "too many failed logins; try again in 10 s"),
    RequestHeaderFieldsTooLarge(431, "the headers are larger than 16 KiB"),
    InsufficientStorage(507, "the storage is full"),
    ServiceUnavailableError(503, "the service is unavailable"),
    InternalError(500, "boom");

    private final int status;
    private final String sample;

    ErrorCode(int status, String sample) {
        this.status = status;
        this.sample = sample;
    }

    /** The HTTP status that goes with it. */
    public int status() {
        return status;
    }

    /** An example of it, for {@code /ping?error=CODE} and for the API document. */
    public ApiException sample() {
        return this == InvalidParameter ? ApiException.invalidParameter("foo", sample) : new ApiException(this, sample);
    }

    /** Finds a code by its name, with or without the ending {@code Error}. */
    public static Optional<ErrorCode> named(String name) {
        return Arrays.stream(values())
                .filter(code -> code.name().equals(name)
                        || code.name().equals(name + "Error")
                        || (code.name() + "Error").equals(name))
                .findFirst();
    }
}
