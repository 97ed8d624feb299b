package org.imageserver.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.imageserver.catalogue.ImageException.Reason;
import org.imageserver.catalogue.ImageException.Refused;
import org.imageserver.manifest.Manifest;
import org.imageserver.manifest.ManifestRules;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.BlobKey;
import org.imageserver.zfs.Guid;

/**
 * Makes an image of what another server says of one that it has: by the rules by which it would be imported, so that it
 * is shown as it will be once it is here. Thread-safe.
 */
final class OfferReader {
    private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");

    private final ManifestRules rules;
    private final FileReceiver files;
    private final String defaultOwner;
    private final ChannelSet channels;

    OfferReader(ManifestRules rules, FileReceiver files, String defaultOwner, ChannelSet channels) {
        this.channels = channels;
        this.rules = rules;
        this.files = files;
        this.defaultOwner = defaultOwner;
    }

    /**
     * Reads a manifest of version 2.
     *
     * @throws Refused when an import would be refused, or when its file could not be verified
     */
    Image read(ObjectNode manifest, Offer offer) {
        String uuid = manifest.path("uuid").asText();
        Manifest accepted = Lifecycle.accepted(rules.forImport(manifest, uuid, defaultOwner));
        if (accepted.publishedAt() == null) {
            // Never the time of reading: the list would be another one each time.
            accepted = accepted.with("published_at", new TextNode(Instant.EPOCH.toString()));
        }
        JsonNode said = manifest.at("/files/0");
        Image.File file = file(uuid, said, accepted);
        Manifest whole = Lifecycle.activated(accepted.with("files", array(said, file)));
        return ImageReader.image(
                Presentation.of(whole, Optional.of(file), false),
                channels,
                Optional.empty(),
                Optional.of(file),
                Optional.empty(),
                offer);
    }

    private Image.File file(String uuid, JsonNode said, Manifest manifest) {
        String sha1 = said.path("sha1").asText();
        long size = said.path("size").asLong();
        if (!SHA1.matcher(sha1).matches() || size <= 0) {
            throw new Refused(
                    Reason.BAD_DOWNLOAD,
                    "the manifest of image \"" + uuid
                            + "\" names no sha1 or no size of its file, so it cannot be verified");
        }
        if (said.has("compression")) {
            files.checkCompression(said.path("compression").asText());
        }
        files.checkMaximum(size);
        BlobInfo blob = new BlobInfo(
                BlobKey.parse(uuid + "/" + ImageReader.DEFAULT_FILE),
                size,
                manifest.publishedInstant(),
                "offered " + sha1);
        return new Image.File(
                blob,
                Optional.of(sha1),
                null,
                Guid.find(said.path("dataset_guid").textValue()).orElse(null));
    }

    private static ArrayNode array(JsonNode said, Image.File file) {
        ArrayNode files = JsonNodeFactory.instance.arrayNode();
        ObjectNode shown = files.addObject();
        file.sha1().ifPresent(sha1 -> shown.put("sha1", sha1));
        shown.put("size", file.size());
        if (said.has("compression")) {
            shown.set("compression", said.path("compression"));
        }
        file.guid().ifPresent(guid -> shown.put("dataset_guid", guid.decimal()));
        return files;
    }
}
