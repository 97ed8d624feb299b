package org.imageserver.catalogue;

import java.util.Optional;
import org.imageserver.auth.Principal;

/**
 * An image that somebody wants to change.
 *
 * @param principal who
 * @param uuid of the image
 * @param channel in which he looks for it, as {@link Author#channel} has it
 * @param condition what the image must be like; checked before anything is received, and again when nobody else can
 *     change it
 */
public record Target(Principal principal, String uuid, Optional<String> channel, Condition condition) {
    /** What must hold for a change to take place (If-Match). */
    @FunctionalInterface
    public interface Condition {
        /** Throws when it does not hold. */
        void check(Image current);
    }

    /** An image in whichever channel, whatever it is like by then. */
    public static Target of(Principal principal, String uuid) {
        return new Target(principal, uuid, Optional.empty(), current -> {});
    }
}
