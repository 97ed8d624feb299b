package org.imageserver.catalogue;

import java.util.Optional;
import org.imageserver.auth.Principal;

/**
 * Who makes an image, and where.
 *
 * @param principal who
 * @param channel as the request names it, the empty text when it names none; absent for the server's own work, whose new
 *     images are in the default channel, and which finds images in every one
 */
public record Author(Principal principal, Optional<String> channel) {
    /** The server itself, or who works on its directory. */
    public static Author of(Principal principal) {
        return new Author(principal, Optional.empty());
    }
}
