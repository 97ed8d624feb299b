package org.imageserver.remote;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What another server answered; whoever asked closes it.
 *
 * @param url that answered, after redirects
 * @param status the HTTP status
 * @param contentType {@code Content-Type}, if it was sent
 * @param announced {@code Content-Length} in bytes, if it was sent
 * @param body read once; a {@link RemoteException} from it means that the other server broke off
 */
public record Answer(
        URI url, int status, Optional<String> contentType, OptionalLong announced, ReadableByteChannel body)
        implements AutoCloseable {
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
