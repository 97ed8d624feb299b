package org.imageserver.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules for publishing: what CreateImage, AdminImportImage and UpdateImage take, and what comes of it. Errors have
 * the codes, messages and order of sdc-imgapi, because people know them and clients print them; where they differ on
 * purpose stands, with the reasons, in {@code differences-*.txt} beside the recorded answers among the tests.
 *
 * <p>Whether an origin exists, a uuid is taken or an account may do it is not asked here. Thread-safe.
 *
 * @param mode whose images the server holds
 * @param channels the configured ones, empty when there are none
 */
public record ManifestRules(Mode mode, Set<String> channels) {
    private static final List<String> OPERATORS_ONLY = List.of("billing_tags", "traits");
    private static final Set<String> OF_ZVOLS = Set.of("nic_driver", "disk_driver", "cpu_type", "image_size");
    private static final Set<String> ALWAYS_REQUIRED = Set.of("owner", "name", "version", "public", "type", "os");

    private static final Set<String> UPDATABLE = Set.of(
            "owner",
            "name",
            "version",
            "description",
            "homepage",
            "eula",
            "public",
            "os",
            "acl",
            "requirements",
            "users",
            "billing_tags",
            "traits",
            "tags",
            "generate_passwords",
            "inherited_directories",
            "nic_driver",
            "disk_driver",
            "cpu_type",
            "image_size",
            "channels");

    private static final Set<String> CREATABLE =
            union(UPDATABLE, Set.of("v", "type", "disabled", "origin", "icon", "error"));

    /** The server decides these itself; they are no error because an answer of IMGAPI may be sent back as it is. */
    private static final Set<String> IGNORED = Set.of("files", "state", "channels");

    private static final Operation CREATE = new Operation(CREATABLE, ALWAYS_REQUIRED, IGNORED);
    private static final Operation IMPORT = new Operation(
            union(CREATABLE, Set.of("uuid", "published_at", "urn")),
            union(ALWAYS_REQUIRED, Set.of("uuid")),
            union(IGNORED, Set.of("icon", "error")));

    /** What a request for a new image may and must hold, and what of it does not count. */
    private record Operation(Set<String> fields, Set<String> required, Set<String> ignored) {}

    public ManifestRules {
        channels = Set.copyOf(channels);
    }

    /** Whose images a server holds. */
    public enum Mode {
        /** Public images only. */
        PUBLIC,
        /** Private images only. */
        PRIVATE,
        /** Both: an image that does not say what it is is private. */
        MIXED;

        /** What an image is that does not say. */
        public boolean isPublicByDefault() {
            return this == PUBLIC;
        }
    }

    /**
     * CreateImage.
     *
     * @param uuid for the new image
     * @param owner of an image whose manifest names none
     * @return the manifest of an image that is not activated and has no file, or why not
     */
    public Outcome forCreate(ObjectNode body, String uuid, String owner) {
        if (body.has("state")) {
            return new Outcome.Refused(
                    Outcome.Fault.VALIDATION_FAILED,
                    "invalid image data: \"state\"",
                    List.of(Violation.notAllowed("state", "Parameter cannot be set")));
        }
        return newImage(CREATE, body, uuid, owner);
    }

    /**
     * AdminImportImage: as {@link #forCreate}, but uuid, published_at and urn are kept.
     *
     * @param uuid in the request's path, which the manifest must agree with
     */
    public Outcome forImport(ObjectNode body, String uuid, String owner) {
        JsonNode given = body.path("uuid");
        if (given.isTextual() && !given.textValue().equals(uuid)) {
            return new Outcome.Refused(
                    Outcome.Fault.INVALID_PARAMETER,
                    "invalid \"uuid\": the manifest's, " + given + ", is not the one in the path, \"" + uuid + "\"",
                    List.of(Violation.invalid("uuid", null)));
        }
        return newImage(IMPORT, body, uuid, owner);
    }

    /**
     * UpdateImage: only what the change names is judged, so that an operator's own manifest does not stand in the way.
     *
     * @param change the new values; null takes an optional field away
     * @param isOperator false when the request is made for an account
     */
    public Outcome forUpdate(Manifest current, ObjectNode change, boolean isOperator) {
        if (change.isEmpty()) {
            return new Outcome.Refused(
                    Outcome.Fault.VALIDATION_FAILED, "invalid image update data: no parameters provided", List.of());
        }
        List<Violation> notAllowed = notAllowed(current, change, isOperator);
        if (!notAllowed.isEmpty()) {
            return validationFailed("invalid image update data: ", notAllowed);
        }
        ObjectNode values = ApiValues.proper(change);
        Set<String> mustStay = mustStay(current).stream().filter(values::has).collect(Collectors.toSet());
        List<Violation> violations = judge(values, mustStay, current.uuid(), current.type());
        if (!violations.isEmpty()) {
            return validationFailed("invalid image data: ", violations);
        }
        Manifest changed = current;
        for (Map.Entry<String, JsonNode> field : values.properties()) {
            changed = field.getValue().isNull()
                    ? changed.without(field.getKey())
                    : changed.with(field.getKey(), field.getValue());
        }
        return new Outcome.Accepted(changed);
    }

    private Outcome newImage(Operation operation, ObjectNode request, String uuid, String owner) {
        ObjectNode body = request.deepCopy().remove(operation.ignored());
        ObjectNode values = ApiValues.proper(body);
        values.removeNulls();
        @Nullable String type = values.path("type").textValue();
        List<String> extra = names(body).stream()
                .filter(field -> !operation.fields().contains(field)
                        || (OF_ZVOLS.contains(field) && values.has(field) && !"zvol".equals(type)))
                .toList();
        if (!extra.isEmpty()) {
            return invalidExtraParameters(extra);
        }
        if (!values.has("owner")) {
            values.put("owner", owner);
        }
        if (!values.has("public")) {
            values.put("public", mode.isPublicByDefault());
        }
        List<Violation> violations = judge(values, required(operation.required(), type), uuid, type);
        if (!violations.isEmpty()) {
            return validationFailed("invalid image data: ", violations);
        }
        return new Outcome.Accepted(complete(values, uuid));
    }

    private List<Violation> judge(ObjectNode values, Set<String> required, String uuid, @Nullable String type) {
        return new FieldRules(mode, channels, uuid, type).violations(values, required);
    }

    private static Manifest complete(ObjectNode values, String uuid) {
        ObjectNode manifest = values.put("v", 2).put("uuid", uuid).put("state", State.UNACTIVATED.jsonName());
        manifest.set("disabled", manifest.booleanNode(manifest.path("disabled").asBoolean(false)));
        try {
            return Manifest.of(manifest);
        } catch (InvalidManifestException e) {
            throw new IllegalStateException("a manifest that keeps to the rules is no manifest", e);
        }
    }

    /** The changes that are wrong whatever their value, in the order of the request and those for operators last. */
    private static List<Violation> notAllowed(Manifest current, ObjectNode change, boolean isOperator) {
        boolean isActivated = current.state().isActivated();
        Stream<Violation> immutable = names(change).stream()
                .filter(field -> !UPDATABLE.contains(field) && (isActivated || !field.equals("origin")))
                .map(field -> Violation.notAllowed(
                        field,
                        field.equals("origin")
                                ? "Can only be updated on unactivated images"
                                : "Parameter cannot be updated"));
        Stream<Violation> operatorsOnly = OPERATORS_ONLY.stream()
                .filter(field -> !isOperator && change.has(field))
                .map(field -> Violation.notAllowed(field, "Can only be updated by operators"));
        return Stream.concat(immutable, operatorsOnly).toList();
    }

    private Set<String> mustStay(Manifest current) {
        Set<String> required = required(ALWAYS_REQUIRED, current.type());
        return channels.isEmpty() ? required : union(required, Set.of("channels"));
    }

    private static Set<String> required(Set<String> always, @Nullable String type) {
        return "zvol".equals(type) ? union(always, OF_ZVOLS) : always;
    }

    private static Outcome validationFailed(String prefix, List<Violation> violations) {
        String fields = violations.stream().map(Violation::field).collect(Collectors.joining(", "));
        return new Outcome.Refused(Outcome.Fault.VALIDATION_FAILED, prefix + fields, violations);
    }

    private static Outcome invalidExtraParameters(List<String> fields) {
        String list = fields.stream().map(field -> '"' + field + '"').collect(Collectors.joining(", "));
        return new Outcome.Refused(
                Outcome.Fault.INVALID_PARAMETER,
                "invalid extra parameters: " + list,
                fields.stream().map(field -> Violation.invalid(field, null)).toList());
    }

    private static List<String> names(ObjectNode object) {
        return object.propertyStream().map(Map.Entry::getKey).toList();
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        return Stream.concat(some.stream(), others.stream()).collect(Collectors.toUnmodifiableSet());
    }
}
