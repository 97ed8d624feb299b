package org.imageserver.remote;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What another server answered; whoever asked closes it.
 *
 * @param url that answered, after redirects
 * @param status the HTTP status
 * @param headers of the answer
 * @param body read once; a {@link RemoteException} from it means that the other server broke off
 */
public record Answer(URI url, int status, HttpHeaders headers, ReadableByteChannel body) implements AutoCloseable {
    /** {@code Content-Type}, if it was sent. */
    public Optional<String> contentType() {
        return headers.firstValue("Content-Type");
    }

    /** {@code Content-Length} in bytes, if it was sent. */
    public OptionalLong announced() {
        return headers.firstValueAsLong("Content-Length");
    }

    /** {@code ETag}, as it was sent. */
    public Optional<String> etag() {
        return headers.firstValue("ETag");
    }

    /** Ends the transfer, whether it is complete or not. */
    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
