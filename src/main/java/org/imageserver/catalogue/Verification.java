package org.imageserver.catalogue;

import java.util.List;
import java.util.Optional;

/**
 * What is known of an image's file beside its manifest.
 *
 * @param state in a word
 * @param problems what is wrong, in sentences; unless it is quarantined, the image is served all the same, since the file is the
 *     operator's
 * @param contents of the stream, if there is one and it is intact
 * @param sha256 of the file, in hex; some seconds after it came, it is known
 */
public record Verification(
        State state, List<String> problems, Optional<StreamContents> contents, Optional<String> sha256) {
    public Verification {
        problems = List.copyOf(problems);
    }

    /** How far the verification is. */
    public enum State {
        /** Its stream was verified when it was published. */
        VERIFIED_AT_PUBLISH,
        /** Its stream was verified later, in the background. */
        VERIFIED,
        /** Something is wrong with it. */
        PROBLEM,
        /** It is no longer what it was, and not served. */
        QUARANTINED,
        /** Its type is none whose files are ZFS streams; its checksum is compared all the same. */
        NOT_A_STREAM,
        /** It will be verified in the background. */
        NOT_YET,
        /** It is not verified: {@code verify_streams} is off. */
        OFF
    }
}
