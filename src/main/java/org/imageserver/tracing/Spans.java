package org.imageserver.tracing;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Is told what the server did. Thread-safe; costs some microseconds at most, since event loops call it. */
public interface Spans extends AutoCloseable {
    /** Nobody wants to know. */
    Spans NONE = new Spans() {
        @Override
        public void served(Served request) {
            // Nobody wants to know.
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    };

    /**
     * A request that was answered.
     *
     * @param begun when its head was there
     * @param took until the last byte of the answer was out
     * @param template of the path, such as {@code /images/:uuid}; empty when no endpoint has it
     * @param received bytes of its body
     * @param sent bytes of the answer's body
     * @param isComplete whether the client took all of them
     * @param id under which the log has it
     * @param client address
     * @param parent what the client says of its own span ({@code traceparent})
     */
    record Served(
            Instant begun,
            Duration took,
            String method,
            Optional<String> template,
            int status,
            long received,
            long sent,
            boolean isComplete,
            String id,
            String client,
            Optional<String> parent) {}

    /** Takes one up. */
    void served(Served request);

    /** Sends what has not been sent yet, for some seconds at most. */
    @Override
    void close();
}
