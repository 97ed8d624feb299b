package org.imageserver.catalogue;

import org.imageserver.auth.Principal;

/**
 * An image that somebody wants to change.
 *
 * @param principal who
 * @param uuid of the image
 * @param condition what the image must be like; checked before anything is received, and again when nobody else can
 *     change it
 */
public record Target(Principal principal, String uuid, Condition condition) {
    /** What must hold for a change to take place (If-Match). */
    @FunctionalInterface
    public interface Condition {
        /** Throws when it does not hold. */
        void check(Image current);
    }

    /** An image, whatever it is like by then. */
    public static Target of(Principal principal, String uuid) {
        return new Target(principal, uuid, current -> {});
    }
}
