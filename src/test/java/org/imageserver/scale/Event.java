package org.imageserver.scale;

import java.util.Set;

/**
 * Something that a client did, and what it was told. Times are of {@link System#nanoTime}: what ended before another
 * thing began came first, for everybody.
 */
sealed interface Event {
    /** When it was asked for. */
    long begun();

    /** When the answer was there, or the wait for it was given up. */
    long ended();

    /** A server from one start to its end. */
    String life();

    /** What became of a change, as far as its client knows. */
    enum Outcome {
        OK,

        /** Told that it did not take place. */
        REFUSED,

        /** Told nothing, or that the server does not know. */
        UNKNOWN,

        /** There was no server to ask. */
        UNASKED
    }

    /** What is changed. */
    enum Kind {
        /** An active image with a file; the value is its sha1. */
        PUBLISH,

        /** The description becomes the value, if the entity tag is the one of the condition. */
        UPDATE,

        /** The value is whether it is disabled. */
        DISABLE,

        DELETE,

        /** An image under a uuid that several want; the value is its name. */
        IMPORT,

        /** An image that is built on the one of the condition; the value is its name. */
        DEPENDENT
    }

    /**
     * A change.
     *
     * @param uuid of the image; empty when the server was to choose it and nobody knows what it chose
     * @param tag the entity tag afterwards, if it took place
     */
    record Change(
            long begun,
            long ended,
            String life,
            Kind kind,
            String uuid,
            String condition,
            String value,
            String tag,
            Outcome outcome)
            implements Event {
        /** Whether its client was told yes or no. */
        boolean isAnswered() {
            return outcome == Outcome.OK || outcome == Outcome.REFUSED;
        }

        boolean isOk() {
            return outcome == Outcome.OK;
        }

        /** Whether it took place, or may have. */
        boolean isPossible() {
            return outcome == Outcome.OK || outcome == Outcome.UNKNOWN;
        }
    }

    /** A list of all images. */
    record Listed(long begun, long ended, String life, Set<String> uuids) implements Event {}

    /** A manifest: 200, or 404. */
    record Got(long begun, long ended, String life, String uuid, int status) implements Event {}

    /** All bytes of a file (200), or word that there is none (404). */
    record File(long begun, long ended, String life, String uuid, int status, String sha1) implements Event {}

    /**
     * An image when all is over.
     *
     * @param sha1 of its bytes as they were served; empty when it has no file
     */
    record Last(
            String uuid, String name, String description, String origin, boolean isDisabled, String tag, String sha1) {}
}
