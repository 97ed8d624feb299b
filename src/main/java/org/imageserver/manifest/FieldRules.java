package org.imageserver.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the API takes as the value of each field, with the peer's messages. One instance judges one request.
 *
 * <p>Stricter than {@link FieldChecks}, which let pass what an operator wrote: a value that is right here is right
 * there.
 */
final class FieldRules {
    /** The order in which the peer reports errors. */
    private static final List<String> ORDER = List.of(
            "v",
            "uuid",
            "owner",
            "name",
            "version",
            "description",
            "homepage",
            "eula",
            "disabled",
            "published_at",
            "public",
            "type",
            "os",
            "origin",
            "error",
            "icon",
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
            "channels",
            "urn");

    /** In the order in which the peer's messages name them. */
    private static final List<String> TYPES = List.of("zone-dataset", "zvol", "lx-dataset", "lxd", "docker", "other");

    private static final List<String> SYSTEMS = List.of("smartos", "linux", "windows", "bsd", "illumos", "other");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._/ -]+");
    private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9._/+-]+");
    private static final Pattern WEB_URL = Pattern.compile("(?is)https?://.+");
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{3})?Z");
    private static final Pattern POSITIVE_INTEGER = Pattern.compile("[1-9][0-9]*");

    /** All lengths are in UTF-16 units, as JavaScript counts. */
    private static final int MAX_NAME = 1024;

    private static final int MAX_VERSION = 512;
    private static final int MAX_DESCRIPTION = 10240;
    private static final int MAX_URL = 1024;

    private final ManifestRules.Mode mode;
    private final Set<String> channels;
    private final String uuid;
    private final @Nullable String type;
    private final Findings findings = new Findings();
    private final CollectionRules collections = new CollectionRules(findings);

    /**
     * @param channels those that are configured, empty when none are
     * @param uuid of the image that the request is about
     * @param type of that image, or null when the request gives none
     */
    FieldRules(ManifestRules.Mode mode, Set<String> channels, String uuid, @Nullable String type) {
        this.mode = mode;
        this.channels = channels;
        this.uuid = uuid;
        this.type = type;
    }

    /** Judges the fields of an object in which null says the same as nothing. */
    List<Violation> violations(ObjectNode values, Set<String> required) {
        for (String field : ORDER) {
            JsonNode value = values.path(field);
            if (!value.isMissingNode() && !value.isNull()) {
                judge(field, value);
            } else if (required.contains(field)) {
                findings.add(Violation.missing(field));
            }
        }
        return findings.violations();
    }

    private void judge(String field, JsonNode value) {
        switch (field) {
            case "v" -> judgeV(value);
            case "uuid", "owner" -> findings.require(FieldChecks.isUuid(value), field, null);
            case "name" -> judgeName(value);
            case "version" -> judgeVersion(value);
            case "description" -> judgeText(field, value, MAX_DESCRIPTION);
            case "homepage" -> judgeUrl(field, "homepage", value);
            case "eula" -> judgeUrl(field, "EULA", value);
            case "disabled", "generate_passwords" -> judgeBoolean(field, value);
            case "published_at" -> judgePublishedAt(value);
            case "public" -> judgePublic(value);
            case "type" -> judgeOneOf(field, value, TYPES);
            case "os" -> judgeOneOf(field, value, SYSTEMS);
            case "origin" -> judgeOrigin(value);
            case "error" -> collections.judgeObject(field, value);
            case "icon" -> findings.require(false, field, "invalid image \"icon\": send the icon with AddImageIcon");
            case "acl" -> collections.judgeAcl(value);
            case "requirements" -> collections.judgeRequirements(value);
            case "users" -> collections.judgeUsers(value);
            case "billing_tags" -> collections.judgeBillingTags(value);
            case "traits" -> collections.judgeTraits(value);
            case "tags" -> collections.judgeTags(value);
            case "inherited_directories" -> collections.judgeInheritedDirectories(value, type);
            case "nic_driver", "disk_driver", "cpu_type" -> judgeZvolField(field, value, value.isTextual(), "a string");
            case "image_size" -> judgeZvolField(field, value, isPositiveInteger(value), "a positive integer");
            case "channels" -> collections.judgeChannels(value, channels);
            case "urn" -> judgeIsText(field, value);
            default -> throw new IllegalStateException("no rule for " + field);
        }
    }

    private void judgeV(JsonNode value) {
        String v = JavaScriptText.of(value);
        if (findings.require(POSITIVE_INTEGER.matcher(v).matches(), "v", "\"v\" must be a positive integer")) {
            findings.require(v.equals("2"), "v", "manifest version " + v + " is not supported, \"v\" must be 2");
        }
    }

    private void judgeName(JsonNode value) {
        if (judgeText("name", value, MAX_NAME)) {
            findings.require(
                    NAME.matcher(value.textValue()).matches(),
                    "name",
                    "image name has invalid characters (only alpha-numeric characters and \" \", \".\", \"-\", \"_\""
                            + " and \"/\" are allowed)");
        }
    }

    private void judgeVersion(JsonNode value) {
        if (judgeText("version", value, MAX_VERSION)) {
            findings.require(
                    VERSION.matcher(value.textValue()).matches(),
                    "version",
                    "image version has invalid characters (only alpha-numeric characters and \".\", \"-\", \"_\" and"
                            + " \"/\" are allowed)");
        }
    }

    private boolean judgeText(String field, JsonNode value, int maxLength) {
        return judgeIsText(field, value)
                && findings.require(
                        value.textValue().length() <= maxLength,
                        field,
                        "image " + field + " is too long, max " + maxLength + " characters");
    }

    private boolean judgeIsText(String field, JsonNode value) {
        return findings.require(value.isTextual(), field, "image " + field + " must be a string");
    }

    private void judgeUrl(String field, String called, JsonNode value) {
        if (judgeIsText(field, value)
                && findings.require(
                        WEB_URL.matcher(value.textValue()).matches(),
                        field,
                        "invalid image " + called + " URL protocol")) {
            findings.require(
                    value.textValue().length() <= MAX_URL,
                    field,
                    "image " + called + " URL is too long (max " + MAX_URL + " characters)");
        }
    }

    private boolean judgeBoolean(String field, JsonNode value) {
        return findings.require(value.isBoolean(), field, "invalid value for \"" + field + "\": " + value);
    }

    private void judgePublishedAt(JsonNode value) {
        findings.require(
                isTime(value), "published_at", "published_at date not in \"YYYY-MM-DDTHH:MM:SS(.SSS)Z\" format");
    }

    private void judgePublic(JsonNode value) {
        if (judgeBoolean("public", value)) {
            String kind = value.booleanValue() ? "public" : "private";
            boolean isRight = switch (mode) {
                case PUBLIC -> value.booleanValue();
                case PRIVATE -> !value.booleanValue();
                case MIXED -> true;
            };
            String server = value.booleanValue() ? "private" : "public";
            findings.require(isRight, "public", kind + " images are not allowed on a " + server + " Images API");
        }
    }

    /** The string "null" marks what a failed creation left: its message has no list. */
    private void judgeOneOf(String field, JsonNode value, List<String> allowed) {
        String text = JavaScriptText.of(value);
        String list = text.equals("null") ? "" : ", must be one of: " + String.join(", ", allowed);
        findings.require(
                value.isTextual() && allowed.contains(text),
                field,
                "invalid image " + field + ", \"" + text + "\"" + list);
    }

    private void judgeOrigin(JsonNode value) {
        String shown = JavaScriptText.of(value);
        findings.require(FieldChecks.isUuid(value), "origin", "invalid image \"origin\" (not a UUID): " + shown);
        findings.require(!shown.equals(uuid), "origin", "an image cannot be its own origin");
    }

    private void judgeZvolField(String field, JsonNode value, boolean isRight, String expected) {
        boolean isZvol = "zvol".equals(type);
        String wrong = isZvol ? "must be " + expected : "cannot have a value when image type is not zvol";
        findings.require(
                isZvol && isRight,
                field,
                "invalid image " + field + ": \"" + JavaScriptText.of(value) + "\" (" + wrong + ")");
    }

    private static boolean isTime(JsonNode value) {
        if (!value.isTextual() || !TIME.matcher(value.textValue()).matches()) {
            return false;
        }
        try {
            return Instant.parse(value.textValue()) != null;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static boolean isPositiveInteger(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong() && value.longValue() > 0;
    }
}
