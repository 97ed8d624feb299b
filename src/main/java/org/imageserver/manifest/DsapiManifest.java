package org.imageserver.manifest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The version 1 face of an image, for {@code GET /datasets}: what imgadm asks of a source of type dsapi.
 *
 * <p>A manifest that was written as version 1 is shown as it is, with what it lacks filled in; only its files are made
 * anew. They always carry path, compression and a url on this server, because imgadm takes the url's path for the
 * download and fails on a chain of images without compression.
 *
 * <p>Version 1 can say that an image is private to one account, but no more: an image that is private to none or to
 * several looks public here, so do not show it to strangers.
 */
public final class DsapiManifest {
    /** imgadm's upgrade to version 2 stops at an owner beside a creator_uuid, and computes the rest itself. */
    private static final Set<String> ONLY_IN_V2 = Set.of("v", "owner", "public", "acl", "state", "error", "channels");

    private DsapiManifest() {}

    /**
     * The JSON to serve.
     *
     * @param fileUrlPrefix what comes before the file's name, such as {@code http://host/datasets/UUID/}
     */
    public static ObjectNode toJson(DiskManifest image, DsapiSettings settings, String fileUrlPrefix) {
        Manifest manifest = image.manifest();
        @Nullable ObjectNode original = image.v1();
        ObjectNode json = original == null ? manifest.toJson() : original;
        json.remove(ONLY_IN_V2);

        putIfAbsent(json, "creator_uuid", manifest.owner());
        putIfAbsent(json, "creator_name", settings.creatorName());
        putIfAbsent(json, "vendor_uuid", settings.vendorUuid().isEmpty() ? manifest.owner() : settings.vendorUuid());
        putIfAbsent(json, "cloud_name", settings.cloudName());
        putIfAbsent(json, "urn", urn(manifest, settings));
        for (String field : new String[] {"published_at", "created_at", "updated_at"}) {
            putIfAbsent(json, field, manifest.publishedAt());
        }
        if (!manifest.isPublic() && manifest.acl().size() == 1) {
            json.put("restricted_to_uuid", manifest.acl().getFirst());
        }
        setFiles(json, image, fileUrlPrefix);
        return json;
    }

    /**
     * The last segment, not percent-encoded, of the url under which the image's file is served: its name on disk, else
     * {@code image.zfs} with the extension of its compression. Empty when there is no file.
     */
    public static Optional<String> fileName(DiskManifest image) {
        return image.path() == null
                ? plainFileName(image)
                : image.manifest().file().map(file -> image.path());
    }

    /** The name that the file of an image has whose manifest names none, whatever it is named in the storage. */
    public static Optional<String> plainFileName(DiskManifest image) {
        return image.manifest().file().map(file -> "image" + ImageFile.extension(file.compression()));
    }

    private static String urn(Manifest manifest, DsapiSettings settings) {
        return String.join(":", settings.cloudName(), settings.creatorName(), manifest.name(), manifest.version());
    }

    /** Of the manifest's own form, also for a version 1: there sizes are numbers and guids strings. */
    private static void setFiles(ObjectNode json, DiskManifest image, String fileUrlPrefix) {
        ArrayNode files = json.putArray("files");
        if (image.manifest().toJson().path("files").path(0) instanceof ObjectNode file) {
            String path = fileName(image).orElseThrow();
            putIfAbsent(file, "compression", Compression.NONE.jsonName());
            files.addObject()
                    .put("path", path)
                    .<ObjectNode>setAll(file)
                    .put("url", fileUrlPrefix + percentEncoded(path));
        }
    }

    private static void putIfAbsent(ObjectNode json, String field, @Nullable String value) {
        if (FieldChecks.isAbsent(json.path(field)) && value != null) {
            json.put(field, value);
        }
    }

    /** Form encoding, but with %20 for the space: it escapes all that a path segment must, and some more. */
    private static String percentEncoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
