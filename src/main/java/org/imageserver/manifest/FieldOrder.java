package org.imageserver.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/**
 * The canonical form of a v2 manifest: the fields in the order in which sdc-imgapi emits them, and without what it
 * leaves out. Fields that nobody knows follow, as they are.
 */
final class FieldOrder {
    private static final List<String> FIELDS = List.of(
            "v",
            "uuid",
            "owner",
            "name",
            "version",
            "state",
            "disabled",
            "public",
            "published_at",
            "type",
            "os",
            "files",
            "acl",
            "description",
            "homepage",
            "eula",
            "icon",
            "urn",
            "requirements",
            "users",
            "generate_passwords",
            "inherited_directories",
            "origin",
            "nic_driver",
            "disk_driver",
            "cpu_type",
            "image_size",
            "tags",
            "billing_tags",
            "traits",
            "error",
            "channels");

    private static final List<String> FILE_FIELDS = List.of("sha1", "size", "compression", "dataset_guid", "stor");

    private static final Set<String> KNOWN = Set.copyOf(FIELDS);
    private static final Set<String> KNOWN_OF_FILE = Set.copyOf(FILE_FIELDS);

    /** Where a file lies is the business of the server that holds it. */
    private static final Set<String> UNSERVED_FILE_FIELDS = Set.of("path", "url");

    private FieldOrder() {}

    /** A new object in canonical form; its values are those of the source, not copies. */
    static ObjectNode canonical(ObjectNode manifest) {
        ObjectNode ordered = ManifestJson.object();
        boolean isFailed = State.FAILED.jsonName().equals(manifest.path("state").textValue());
        for (String field : FIELDS) {
            JsonNode value = manifest.path(field);
            if (field.equals("files")) {
                ordered.set(field, canonicalFiles(value));
            } else if (!isLeftOut(field, value) && (isFailed || !field.equals("error"))) {
                ordered.set(field, value);
            }
        }
        addOthers(manifest, ordered, KNOWN);
        return ordered;
    }

    private static boolean isLeftOut(String field, JsonNode value) {
        return FieldChecks.isAbsent(value) || (field.equals("acl") && value.isArray() && value.isEmpty());
    }

    /** Always an array, unless what is there is something else: that is for the checks to say. */
    private static JsonNode canonicalFiles(JsonNode files) {
        if (FieldChecks.isAbsent(files)) {
            return ManifestJson.object().arrayNode();
        }
        if (!files.isArray()) {
            return files;
        }
        ArrayNode ordered = ManifestJson.object().arrayNode();
        files.forEach(file -> ordered.add(file instanceof ObjectNode object ? canonicalFile(object) : file));
        return ordered;
    }

    private static ObjectNode canonicalFile(ObjectNode file) {
        ObjectNode ordered = ManifestJson.object();
        for (String field : FILE_FIELDS) {
            JsonNode value = file.path(field);
            if (!isLeftOut(field, value)) {
                ordered.set(field, value);
            }
        }
        addOthers(file, ordered, KNOWN_OF_FILE);
        return ordered.remove(UNSERVED_FILE_FIELDS);
    }

    private static void addOthers(ObjectNode source, ObjectNode target, Set<String> known) {
        source.properties().stream()
                .filter(entry -> !known.contains(entry.getKey()))
                .forEach(entry -> target.set(entry.getKey(), entry.getValue()));
    }
}
