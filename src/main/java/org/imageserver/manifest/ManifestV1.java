package org.imageserver.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Version 1 manifests, those of the Dataset API, made into version 2. The rules are those of imgadm's own upgrade, but
 * forgiving where the old image server was: it served whatever its {@code import-image} script or a person had written.
 */
final class ManifestV1 {
    /** Fields that only version 1 has: one of them tells the version of a manifest that does not say it. */
    private static final List<String> MARKERS =
            List.of("creator_uuid", "creator_name", "vendor_uuid", "cloud_name", "platform_type", "created_at");

    private static final Set<String> DROPPED = Set.of(
            "creator_name",
            "creator_uuid",
            "vendor_uuid",
            "cloud_name",
            "platform_type",
            "created_at",
            "updated_at",
            "creator_admin",
            "owner_uuid",
            "restricted_to_uuid",
            "_url");

    private static final Pattern TIME_WITHOUT_SECONDS = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\dZ");

    private ManifestV1() {}

    static boolean looksLike(ObjectNode manifest) {
        return MARKERS.stream().anyMatch(manifest::has)
                || manifest.path("files").valueStream().anyMatch(file -> file.has("path") || file.has("url"));
    }

    /** A new version 2 object; state and defaults are for the caller to complete. */
    static ObjectNode toV2(ObjectNode v1) throws InvalidManifestException {
        ObjectNode v2 = v1.deepCopy();
        setOwner(v1, v2);
        setVisibility(v1, v2);
        setPublishedAt(v1, v2);
        return v2.remove(DROPPED).put("v", 2);
    }

    /** The old script wrote an empty creator_uuid when nobody had configured one: the default owner stands in. */
    private static void setOwner(ObjectNode v1, ObjectNode v2) {
        JsonNode creator = v2.textNode(v1.path("creator_uuid").asText("").toLowerCase(Locale.ROOT));
        if (FieldChecks.isAbsent(v1.path("owner")) && FieldChecks.isUuid(creator)) {
            v2.set("owner", creator);
        }
    }

    private static void setVisibility(ObjectNode v1, ObjectNode v2) throws InvalidManifestException {
        JsonNode restrictedTo = v1.path("restricted_to_uuid");
        if (!FieldChecks.isAbsent(restrictedTo)) {
            FieldChecks.expectUuid("restricted_to_uuid", restrictedTo);
            v2.put("public", false);
            v2.putArray("acl").add(restrictedTo);
        } else if (FieldChecks.isAbsent(v1.path("public"))) {
            v2.put("public", true);
        }
    }

    private static void setPublishedAt(ObjectNode v1, ObjectNode v2) {
        if (FieldChecks.isAbsent(v1.path("published_at")) && v1.has("created_at")) {
            v2.set("published_at", v1.get("created_at"));
        }
        String time = v2.path("published_at").asText("");
        if (TIME_WITHOUT_SECONDS.matcher(time).matches()) {
            v2.put("published_at", time.replace("Z", ":00Z"));
        }
    }
}
