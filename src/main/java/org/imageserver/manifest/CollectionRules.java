package org.imageserver.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The part of {@link FieldRules} for fields whose values are arrays and objects. */
final class CollectionRules {
    private static final int MAX_BILLING_TAG = 128;

    /** UTF-16 units of compact JSON. */
    private static final int MAX_TAGS = 100 * 1024;

    private final Findings findings;

    CollectionRules(Findings findings) {
        this.findings = findings;
    }

    /** Only the first wrong entry is reported. */
    void judgeAcl(JsonNode value) {
        String shown = JavaScriptText.of(value);
        boolean isRight = findings.require(value.isArray(), "acl", "invalid image \"acl\" (not an array): " + shown);
        for (int i = 0; isRight && i < value.size(); i++) {
            String item = "item " + i + " is not a UUID): " + JavaScriptText.of(value.get(i));
            isRight = findings.require(FieldChecks.isUuid(value.get(i)), "acl", "invalid image \"acl\" (" + item);
        }
    }

    void judgeRequirements(JsonNode value) {
        judgeObject("requirements", value);
        if (value instanceof ObjectNode requirements) {
            new RequirementRules(requirements, findings).judge();
        }
    }

    void judgeUsers(JsonNode value) {
        judgeEntries("users", value, user -> hasOnlyTexts(user, "name"));
    }

    void judgeBillingTags(JsonNode value) {
        String shown = JavaScriptText.of(value);
        findings.require(value.isArray(), "billing_tags", "invalid image \"billing_tags\" (not an array): " + shown);
        for (JsonNode tag : entries(value)) {
            findings.require(
                    tag.isTextual() && tag.textValue().length() <= MAX_BILLING_TAG,
                    "billing_tags",
                    "invalid image \"billing_tags\" entry : " + JavaScriptText.of(tag));
        }
    }

    void judgeTraits(JsonNode value) {
        judgeObject("traits", value);
        value.properties()
                .forEach(trait -> findings.require(
                        isTrait(trait.getValue()),
                        "traits",
                        "invalid image \"traits\" entry: (" + trait.getKey() + ", " + trait.getValue() + ")"));
    }

    void judgeTags(JsonNode value) {
        if (judgeObject("tags", value)) {
            int length = value.toString().length();
            findings.require(
                    length <= MAX_TAGS,
                    "tags",
                    "image \"tags\" object is too big: " + length + " characters (max " + MAX_TAGS + ")");
        }
    }

    void judgeInheritedDirectories(JsonNode value, @Nullable String type) {
        String field = "inherited_directories";
        boolean canHaveThem = type == null || type.equals("zone-dataset");
        String message = "invalid image \"" + field + "\" (only valid for a type:zone-dataset image): " + value;
        if (findings.require(canHaveThem, field, message)) {
            judgeEntries(field, value, JsonNode::isTextual);
        }
    }

    /**
     * Judges the channels that an image shall be in.
     *
     * @param configured empty when the server has none
     */
    void judgeChannels(JsonNode value, Set<String> configured) {
        boolean hasChannels = findings.require(
                !configured.isEmpty(), "channels", "channels is invalid with an IMGAPI not configured for channels");
        if (!hasChannels) {
            return;
        }
        findings.require(
                value.isArray() && !value.isEmpty(),
                "channels",
                "invalid image \"channels\" (not an array of at least one): " + value);
        for (JsonNode channel : entries(value)) {
            findings.require(
                    channel.isTextual() && configured.contains(channel.textValue()),
                    "channels",
                    "unknown channel: " + JavaScriptText.of(channel));
        }
    }

    boolean judgeObject(String field, JsonNode value) {
        return findings.require(value.isObject(), field, "invalid image \"" + field + "\" (not an object): " + value);
    }

    private void judgeEntries(String field, JsonNode value, Predicate<JsonNode> isRight) {
        findings.require(value.isArray(), field, "invalid image \"" + field + "\" (not an array): " + value);
        for (JsonNode entry : entries(value)) {
            findings.require(isRight.test(entry), field, "invalid image \"" + field + "\" entry: " + entry);
        }
    }

    private static Iterable<JsonNode> entries(JsonNode value) {
        return value.isArray() ? value : List.of();
    }

    /** True for an object of exactly these fields, all strings. */
    static boolean hasOnlyTexts(JsonNode value, String... fields) {
        return value.isObject()
                && value.size() == fields.length
                && List.of(fields).stream().allMatch(field -> value.path(field).isTextual());
    }

    private static boolean isTrait(JsonNode value) {
        return value.isTextual()
                || value.isBoolean()
                || (value.isArray() && value.valueStream().allMatch(JsonNode::isTextual));
    }
}
