package org.imageserver.http;

import java.io.IOException;

/** Answers one kind of request. Runs on an event loop: what needs the disk is a {@link Reply.Later}. */
@FunctionalInterface
public interface Endpoint {
    /**
     * Answers.
     *
     * @throws IOException when the storage fails
     * @throws ApiException when the request itself is wrong
     * @throws org.imageserver.catalogue.ImageException when the catalogue refuses
     */
    Reply answer(Request request) throws IOException;
}
