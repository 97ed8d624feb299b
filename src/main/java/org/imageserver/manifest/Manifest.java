package org.imageserver.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One image's manifest, version 2: an immutable view of its JSON, in the order and form in which IMGAPI serves it.
 *
 * <p>Every field with an accessor here has the right type, or there would be no Manifest. All others are kept as they
 * came. Thread-safe: no JSON node ever leaves or enters without a copy.
 */
public final class Manifest {
    private final ObjectNode json;
    private final String uuid;

    /** Takes ownership of the object. */
    private Manifest(ObjectNode canonical) {
        this.json = canonical;
        this.uuid = canonical.get("uuid").textValue();
    }

    /**
     * The manifest that a complete v2 object holds.
     *
     * @throws InvalidManifestException if uuid, owner, name, version, state, disabled or public is missing, or any
     *     field with an accessor has the wrong type
     */
    public static Manifest of(ObjectNode v2) throws InvalidManifestException {
        return owning(v2.deepCopy());
    }

    /** The same of an object that nobody else will touch. */
    static Manifest owning(ObjectNode v2) throws InvalidManifestException {
        ObjectNode canonical = FieldOrder.canonical(v2);
        FieldChecks.check(canonical);
        return new Manifest(canonical);
    }

    public String uuid() {
        return uuid;
    }

    public String owner() {
        return json.get("owner").textValue();
    }

    public String name() {
        return json.get("name").textValue();
    }

    public String version() {
        return json.get("version").textValue();
    }

    public @Nullable String description() {
        return text("description");
    }

    public State state() {
        return State.named(json.get("state").textValue()).orElseThrow();
    }

    /** The flag, which an image can have before its activation: {@link #state} is disabled only after. */
    public boolean isDisabled() {
        return json.get("disabled").booleanValue();
    }

    public boolean isPublic() {
        return json.get("public").booleanValue();
    }

    /** The time of publishing exactly as the manifest has it, or null before activation. */
    public @Nullable String publishedAt() {
        return text("published_at");
    }

    /** The time of publishing to sort by; the epoch when there is none or when it is no time. */
    public Instant publishedInstant() {
        return instant(json.path("published_at").asText(""));
    }

    public @Nullable String type() {
        return text("type");
    }

    public @Nullable String os() {
        return text("os");
    }

    /** The brand of zone that it needs, such as lx or bhyve, or null when it says none. */
    public @Nullable String brand() {
        return json.path("requirements").path("brand").textValue();
    }

    /** The UUID of the image that this one is an increment of, or null. */
    public @Nullable String origin() {
        return text("origin");
    }

    /** The image's file, empty until one was added. */
    public Optional<ImageFile> file() {
        return files().stream().findFirst();
    }

    /** At most one. */
    public List<ImageFile> files() {
        return elements("files").map(Manifest::imageFile).toList();
    }

    /** The accounts that see the image although it is private. */
    public List<String> acl() {
        return elements("acl").map(JsonNode::textValue).toList();
    }

    /**
     * The tags, with the text by which they are searched: strings, numbers and booleans as JavaScript's String() shows
     * them, "" for objects and arrays.
     */
    public Map<String, String> tags() {
        Map<String, String> tags = new LinkedHashMap<>();
        json.path("tags").properties().forEach(tag -> {
            JsonNode value = tag.getValue();
            tags.put(tag.getKey(), value.isContainerNode() ? "" : JavaScriptText.of(value));
        });
        return tags;
    }

    public List<String> billingTags() {
        return elements("billing_tags").map(JsonNode::textValue).toList();
    }

    public List<String> channels() {
        return elements("channels").map(JsonNode::textValue).toList();
    }

    public boolean hasIcon() {
        return json.path("icon").asBoolean(false);
    }

    /**
     * This manifest with one field set or replaced.
     *
     * @throws IllegalArgumentException if the value has the wrong type: callers pass values that are checked already
     */
    public Manifest with(String field, JsonNode value) {
        ObjectNode changed = shallowCopy();
        changed.set(field, value.deepCopy());
        return checked(changed);
    }

    /**
     * This manifest without one field.
     *
     * @throws IllegalArgumentException if no manifest can be without it
     */
    public Manifest without(String field) {
        return checked(shallowCopy().without(field));
    }

    /**
     * This manifest with several fields changed at once.
     *
     * @param change is given a copy of the JSON
     * @throws IllegalArgumentException if it is no manifest any more
     */
    public Manifest with(Consumer<ObjectNode> change) {
        ObjectNode changed = json.deepCopy();
        change.accept(changed);
        return changed.equals(json) ? this : checked(changed);
    }

    /** A copy of the JSON, the caller's to change. */
    public ObjectNode toJson() {
        return json.deepCopy();
    }

    /** Compact UTF-8 JSON: what IMGAPI answers. */
    public byte[] toBytes() {
        return ManifestJson.toBytes(json);
    }

    private ObjectNode shallowCopy() {
        return ManifestJson.object().setAll(json);
    }

    private static Manifest checked(ObjectNode changed) {
        ObjectNode canonical = FieldOrder.canonical(changed);
        try {
            FieldChecks.check(canonical);
        } catch (InvalidManifestException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return new Manifest(canonical);
    }

    private @Nullable String text(String field) {
        return json.path(field).textValue();
    }

    private Stream<JsonNode> elements(String field) {
        return json.path(field).valueStream();
    }

    private static ImageFile imageFile(JsonNode file) {
        @Nullable Long size = file.has("size") ? file.get("size").longValue() : null;
        return new ImageFile(
                file.path("sha1").textValue(),
                size,
                file.path("compression").textValue(),
                file.path("dataset_guid").textValue());
    }

    private static Instant instant(String publishedAt) {
        try {
            return OffsetDateTime.parse(publishedAt).toInstant();
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }

    /** Equal manifests are served as the same bytes. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Manifest manifest
                && uuid.equals(manifest.uuid)
                && Arrays.equals(toBytes(), manifest.toBytes());
    }

    @Override
    public int hashCode() {
        return uuid.hashCode();
    }

    @Override
    public String toString() {
        return uuid + " (" + name() + " " + version() + ")";
    }
}
