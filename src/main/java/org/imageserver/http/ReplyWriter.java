package org.imageserver.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.imageserver.catalogue.OpenFile;
import org.imageserver.http.Reply.Content;
import org.imageserver.http.Reply.Empty;
import org.imageserver.http.Reply.FileContent;

/**
 * Puts replies on the wire: preconditions (RFC 9110, 13), ranges (14), compression by {@code Accept-Encoding}, HEAD.
 * Runs on event loops; thread-safe.
 */
final class ReplyWriter {
    /** Long enough to begin a download; what has begun goes on. */
    private static final Duration ADDRESS_VALID = Duration.ofMinutes(15);

    private final FileSender files;
    private final boolean redirects;

    /**
     * Makes a writer for one listener.
     *
     * @param redirects whether clients are sent to the object store for files; imgadm follows no redirect
     */
    ReplyWriter(FileSender files, boolean redirects) {
        this.files = files;
        this.redirects = redirects;
    }

    /**
     * Writes an answer that is ready. To a write, conditions were put before it took place: they speak of what was
     * there, not of what is there now.
     *
     * @throws ApiException when a precondition fails or a range cannot be satisfied; nothing has been sent then
     */
    void write(Exchange exchange, Content content) {
        boolean isGzipped =
                content.body().hasGzip() && Accept.allows(exchange.raw().getHeader("Accept-Encoding"), "gzip");
        boolean isUnchanged = content.status() == 200
                && content.etag() != null
                && exchange.isRead()
                && isUnchanged(exchange, content.etag());
        HttpServerResponse response = exchange.begin(isUnchanged ? 304 : content.status());
        response.putHeader("Vary", "Accept-Encoding");
        content.headers().forEach(response::putHeader);
        if (content.etag() != null) {
            String tag = isGzipped ? content.etag() + EntityTags.GZIP_SUFFIX : content.etag();
            response.putHeader("ETag", EntityTags.quoted(tag));
        }
        if (isUnchanged) {
            exchange.end();
            return;
        }
        response.putHeader("Content-Type", content.contentType());
        if (isGzipped) {
            response.putHeader("Content-Encoding", "gzip");
        }
        Buffer gzip = isGzipped ? content.body().gzip() : Buffer.buffer();
        int length = isGzipped ? gzip.length() : content.body().length();
        response.putHeader("Content-Length", Integer.toString(length));
        if (exchange.isHead()) {
            exchange.end();
        } else if (isGzipped) {
            exchange.end(gzip);
        } else if (content.body().isWhole()) {
            exchange.end(content.body().identity());
        } else if (content.body().parts().isPresent()) {
            exchange.finish(PartSender.send(content.body().parts().get(), response));
        } else {
            exchange.finish(files.send(content.body().stream(), length, response));
        }
    }

    /** Writes an answer without bytes. */
    void write(Exchange exchange, Empty empty) {
        HttpServerResponse response = exchange.begin(empty.status());
        empty.headers().forEach(response::putHeader);
        exchange.end();
    }

    /**
     * Writes a file, or the part of it that was asked for, and closes it.
     *
     * @throws ApiException when a precondition fails or a range cannot be satisfied; nothing has been sent then
     */
    void write(Exchange exchange, FileContent content) {
        OpenFile file = content.file();
        boolean handedOver = false;
        try {
            if (isUnchanged(exchange, file.etag()) || isUnmodified(exchange, file.modified())) {
                exchange.begin(304).putHeader("ETag", EntityTags.quoted(file.etag()));
                exchange.end();
                return;
            }
            Optional<String> elsewhere = redirects ? file.address(ADDRESS_VALID) : Optional.empty();
            if (elsewhere.isPresent()) {
                exchange.begin(302)
                        .putHeader("Location", elsewhere.get())
                        .putHeader("Cache-Control", "no-store")
                        .putHeader("Content-Length", "0");
                exchange.end();
                return;
            }
            Optional<ByteRange> range = range(exchange, file);
            HttpServerResponse response = exchange.begin(range.isPresent() ? 206 : 200)
                    .putHeader("Content-Type", file.contentType())
                    .putHeader("Accept-Ranges", "bytes")
                    .putHeader("ETag", EntityTags.quoted(file.etag()))
                    .putHeader("Last-Modified", HttpDate.format(file.modified()));
            ByteRange part = range.orElse(new ByteRange(0, file.size()));
            response.putHeader("Content-Length", Long.toString(part.length()));
            if (range.isPresent()) {
                response.putHeader("Content-Range", part.contentRange(file.size()));
            } else {
                file.md5().ifPresent(md5 -> response.putHeader("Content-MD5", md5));
            }
            if (exchange.isHead() || part.length() == 0) {
                exchange.end();
                return;
            }
            handedOver = true;
            Future<Void> sent = files.send(file, part, exchange);
            sent.onSuccess(done -> finish(exchange, file, part, sent))
                    .onFailure(failure -> failed(exchange, sent, failure));
        } finally {
            if (!handedOver) {
                file.close();
            }
        }
    }

    /** Whoever fetches a file in parts has it once the last byte is there. */
    private static void finish(Exchange exchange, OpenFile file, ByteRange part, Future<Void> sent) {
        boolean isEnd = part.offset() + part.length() == file.size();
        if (isEnd && file.imageUuid().isPresent()) {
            exchange.finishDownload(sent, file.imageUuid().get());
        } else {
            exchange.finish(sent);
        }
    }

    /** Before the first byte, there is still time to say what is wrong. */
    private void failed(Exchange exchange, Future<Void> sent, Throwable failure) {
        HttpServerResponse response = exchange.raw().response();
        if (response.headWritten() || response.closed() || !FileSender.isOpen(exchange.raw())) {
            exchange.finish(sent);
            return;
        }
        response.headers().clear();
        write(exchange, ErrorReplies.of(failure, exchange.id()));
    }

    private static boolean isUnchanged(Exchange exchange, String etag) {
        String ifMatch = exchange.raw().getHeader("If-Match");
        if (ifMatch != null && !EntityTags.matches(ifMatch, etag)) {
            throw new ApiException(
                    ErrorCode.PreconditionFailed, "if-match '" + ifMatch + "' didn't match etag '" + etag + "'");
        }
        String ifNoneMatch = exchange.raw().getHeader("If-None-Match");
        return ifNoneMatch != null && EntityTags.matches(ifNoneMatch, etag);
    }

    /** The dates count only where the tags are silent (RFC 9110, 13.2.2). */
    private static boolean isUnmodified(Exchange exchange, Instant modified) {
        Instant lastModified = HttpDate.seconds(modified);
        String unmodifiedSince = exchange.raw().getHeader("If-Unmodified-Since");
        if (unmodifiedSince != null && exchange.raw().getHeader("If-Match") == null) {
            if (HttpDate.parse(unmodifiedSince).filter(lastModified::isAfter).isPresent()) {
                throw new ApiException(
                        ErrorCode.PreconditionFailed,
                        "object was modified at '" + HttpDate.format(modified) + "'; if-unmodified-since '"
                                + unmodifiedSince + "'");
            }
        }
        String modifiedSince = exchange.raw().getHeader("If-Modified-Since");
        return modifiedSince != null
                && exchange.raw().getHeader("If-None-Match") == null
                && HttpDate.parse(modifiedSince)
                        .filter(since -> !lastModified.isAfter(since))
                        .isPresent();
    }

    private static Optional<ByteRange> range(Exchange exchange, OpenFile file) {
        String range = exchange.raw().getHeader("Range");
        if (range == null || exchange.isHead()) {
            return Optional.empty();
        }
        String ifRange = exchange.raw().getHeader("If-Range");
        if (ifRange != null && !isSameFile(ifRange, file)) {
            return Optional.empty();
        }
        return ByteRange.parse(range, file.size());
    }

    private static boolean isSameFile(String ifRange, OpenFile file) {
        return HttpDate.parse(ifRange)
                .map(date -> date.equals(HttpDate.seconds(file.modified())))
                .orElseGet(() -> EntityTags.matchesStrongly(ifRange, file.etag()));
    }
}
