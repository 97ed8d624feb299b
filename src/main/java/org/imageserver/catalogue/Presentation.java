package org.imageserver.catalogue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.imageserver.manifest.Manifest;

/** What of a manifest is shown, and what the server knows better than the file that an operator wrote. */
final class Presentation {
    private Presentation() {}

    static Manifest of(Manifest manifest, Optional<Image.File> file, boolean hasIcon) {
        return manifest.with(shown -> {
            file.ifPresent(known -> correct((ObjectNode) shown.path("files").get(0), known));
            // Those of this server are added where they are shown; others mean nothing here.
            shown.remove("channels");
            if (hasIcon) {
                shown.put("icon", true);
            } else {
                shown.remove("icon");
            }
            // imgadm reads a tag of every docker image: one without tags breaks all of `imgadm avail`.
            if ("docker".equals(manifest.type()) && !shown.has("tags")) {
                shown.putObject("tags");
            }
        });
    }

    /** imgadm needs a size, and checks the sha1 if there is one; {@code stor} is for administrators. */
    private static void correct(ObjectNode shown, Image.File file) {
        shown.remove("stor");
        if (shown.path("size").longValue() != file.size()) {
            shown.put("size", file.size());
        }
        file.sha1().ifPresent(sha1 -> shown.put("sha1", sha1));
    }
}
