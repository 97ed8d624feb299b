package org.imageserver.statistics;

import java.time.Instant;

/**
 * What was served in one hour or on one day.
 *
 * @param from when it began, in UTC
 * @param requests that were answered
 * @param bytes of their answers, without heads
 * @param downloads of images, to their last byte
 */
public record Traffic(Instant from, long requests, long bytes, long downloads) {
    /** Counts alone, of no time. */
    static Traffic of(long requests, long bytes, long downloads) {
        return new Traffic(Instant.EPOCH, requests, bytes, downloads);
    }

    /** Both together, at the time of this one. */
    Traffic plus(Traffic more) {
        return new Traffic(from, requests + more.requests, bytes + more.bytes, downloads + more.downloads);
    }

    Traffic at(Instant time) {
        return new Traffic(time, requests, bytes, downloads);
    }

    boolean isNothing() {
        return requests == 0 && bytes == 0 && downloads == 0;
    }
}
