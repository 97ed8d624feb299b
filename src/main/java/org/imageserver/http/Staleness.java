package org.imageserver.http;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Says of a list that a part of it is of an earlier time, since the server that it is from cannot be asked. */
public final class Staleness {
    private Staleness() {}

    /**
     * An answer with {@code Age} in seconds and {@code Warning: 110} (RFC 7234, 5.1 and 5.5.1), which clients that know
     * nothing of them pass over.
     *
     * @param since the time of the oldest part; empty when all of it is of now
     */
    public static Reply mark(Reply reply, Optional<Instant> since) {
        if (since.isEmpty()) {
            return reply;
        }
        return switch (reply) {
            case Reply.Content content -> {
                long seconds =
                        Math.max(0, Duration.between(since.get(), Instant.now()).toSeconds());
                yield content.with("Age", Long.toString(seconds))
                        .with(
                                "Warning",
                                "110 - \"a source cannot be asked; its images are those of " + since.get() + "\"");
            }
            case Reply.Later later -> new Reply.Later(() -> mark(later.work().call(), since), later.movesFile());
            case Reply.FileContent file -> file;
            case Reply.Empty empty -> empty;
        };
    }
}
