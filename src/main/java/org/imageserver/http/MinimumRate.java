package org.imageserver.http;

import java.util.concurrent.TimeUnit;
import org.imageserver.http.RequestBody.BrokenOffException;

/**
 * Tells a slow client from one that trickles, to hold a thread for ever. Only the time that the server waited for the
 * client counts: a slow disk is not the client's fault. Used by one thread.
 */
final class MinimumRate {
    /** A client slower than this over a minute does not want to finish. */
    static final long LEAST_BYTES_A_MINUTE = 60 * 1024;

    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private long waitedNanos;
    private long receivedBefore;

    /**
     * Takes note of a wait.
     *
     * @param received all bytes so far
     * @throws BrokenOffException when a minute was waited for too little
     */
    void waited(long nanos, long received) throws BrokenOffException {
        waitedNanos += nanos;
        if (waitedNanos < MINUTE) {
            return;
        }
        if (received - receivedBefore < LEAST_BYTES_A_MINUTE) {
            throw new BrokenOffException("the client sent only " + (received - receivedBefore)
                    + " bytes within a minute; less than " + LEAST_BYTES_A_MINUTE + " is taken for dead");
        }
        waitedNanos = 0;
        receivedBefore = received;
    }
}
