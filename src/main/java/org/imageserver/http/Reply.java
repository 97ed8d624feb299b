package org.imageserver.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.imageserver.catalogue.OpenFile;
import org.jspecify.annotations.Nullable;

/** What an endpoint answers. Conditional requests, ranges, compression and HEAD are the business of the writer. */
public sealed interface Reply {
    /** IMGAPI's clients compare it exactly: no charset. */
    String JSON = "application/json";

    /**
     * Bytes from memory.
     *
     * @param status the HTTP status
     * @param contentType its media type
     * @param body the bytes
     * @param etag the entity tag, unquoted; null when the answer is not worth one
     * @param headers further headers
     */
    record Content(
            int status,
            String contentType,
            Body body,
            @Nullable String etag,
            Map<String, String> headers) implements Reply {
        /** The same with one more header. */
        public Content with(String header, String value) {
            Map<String, String> more = new LinkedHashMap<>(headers);
            more.put(header, value);
            return new Content(status, contentType, body, etag, more);
        }
    }

    /**
     * Bytes of a file; closed by the writer, whatever happens.
     *
     * @param file opened, with what is known of it
     */
    record FileContent(OpenFile file) implements Reply {}

    /**
     * An answer without bytes.
     *
     * @param status the HTTP status, such as 204
     * @param headers its headers
     */
    record Empty(int status, Map<String, String> headers) implements Reply {}

    /**
     * An answer that needs the disk or much CPU: the work is done on the pool, never on an event loop.
     *
     * @param work makes the answer
     * @param movesFile whether it moves a file of any size, which the request itself need not bring
     */
    record Later(Callable<Reply> work, boolean movesFile) implements Reply {
        /** Work that takes a moment, or as long as the client takes to send the request. */
        public Later(Callable<Reply> work) {
            this(work, false);
        }
    }

    /** A JSON answer with an entity tag. */
    static Content json(Body body, @Nullable String etag) {
        return new Content(200, JSON, body, etag, Map.of());
    }
}
