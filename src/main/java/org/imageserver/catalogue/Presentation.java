package org.imageserver.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.imageserver.manifest.Manifest;

/** What of a manifest is shown, and what the server knows better than the file that an operator wrote. */
final class Presentation {
    private Presentation() {}

    static Manifest of(Manifest manifest, Optional<Image.File> file, boolean hasIcon) {
        Manifest shown = manifest;
        if (file.isPresent()) {
            shown = shown.with("files", files(manifest.toJson().path("files"), file.get()));
        }
        // Channels of the server that the manifest came from mean nothing here.
        shown = shown.without("channels");
        shown = hasIcon ? shown.with("icon", BooleanNode.TRUE) : shown.without("icon");
        // imgadm reads a tag of every docker image: one without tags breaks all of `imgadm avail`.
        if ("docker".equals(manifest.type()) && !manifest.toJson().has("tags")) {
            shown = shown.with("tags", JsonNodeFactory.instance.objectNode());
        }
        return shown;
    }

    /** imgadm needs a size, and checks the sha1 if there is one; {@code stor} is for administrators. */
    private static JsonNode files(JsonNode files, Image.File file) {
        ObjectNode first = (ObjectNode) files.get(0);
        first.remove("stor");
        first.put("size", file.size());
        file.sha1().ifPresent(sha1 -> first.put("sha1", sha1));
        return files;
    }
}
