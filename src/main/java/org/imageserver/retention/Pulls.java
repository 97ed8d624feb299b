package org.imageserver.retention;

import java.time.Instant;
import java.util.Optional;

/** When images were downloaded, as far as somebody has counted. */
public interface Pulls {
    /** Since when it is counted; empty when it is not. */
    Optional<Instant> since();

    /** The last time that an image was downloaded; empty when nobody has. */
    Optional<Instant> last(String uuid);
}
