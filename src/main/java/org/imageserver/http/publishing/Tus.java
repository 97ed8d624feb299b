package org.imageserver.http.publishing;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.imageserver.catalogue.ImageException;
import org.imageserver.http.ApiException;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.ErrorReplies;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;

/** The headers of the tus protocol 1.0.0 (tus.io/protocols/resumable-upload), core with creation and termination. */
final class Tus {
    static final String VERSION = "1.0.0";
    static final String EXTENSIONS = "creation,termination";
    static final String RESUMABLE = "Tus-Resumable";
    static final String OFFSET = "Upload-Offset";
    static final String LENGTH = "Upload-Length";
    static final String PATCH_TYPE = "application/offset+octet-stream";

    private Tus() {}

    /**
     * Refuses a client of another version of the protocol.
     *
     * @throws ApiException (PreconditionFailed) that names ours
     */
    static void checkVersion(Request request) {
        String version = request.header(RESUMABLE).orElse("none");
        if (!version.equals(VERSION)) {
            throw new ApiException(
                            ErrorCode.PreconditionFailed,
                            RESUMABLE + " is " + version + "; this server speaks version " + VERSION)
                    .with("Tus-Version", VERSION);
        }
    }

    /**
     * A header that is a number of bytes.
     *
     * @throws ApiException (InvalidHeader) when it is missing or none
     */
    static long bytes(Request request, String header) {
        String text = request.header(header).orElse("");
        if (!text.matches("[0-9]{1,18}")) {
            throw new ApiException(
                    ErrorCode.InvalidHeader,
                    text.isEmpty()
                            ? "the header " + header + " is missing: a number of bytes"
                            : header + " is \"" + text + "\", which is no number of bytes");
        }
        return Long.parseLong(text);
    }

    /** An answer without content. */
    static Reply.Empty empty(int status, Map<String, String> headers) {
        Map<String, String> all = new TreeMap<>(headers);
        all.put(RESUMABLE, VERSION);
        return new Reply.Empty(status, all);
    }

    /** Work whose errors, too, carry the header that every answer carries. */
    static Callable<Reply> answering(Request request, Callable<Reply> work) {
        return () -> {
            try {
                return work.call();
            } catch (ApiException | ImageException refused) {
                throw ErrorReplies.describe(refused, request.id()).with(RESUMABLE, VERSION);
            }
        };
    }
}
