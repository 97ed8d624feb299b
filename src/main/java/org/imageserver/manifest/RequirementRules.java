package org.imageserver.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What {@code requirements} may hold, with the peer's messages in the peer's order. */
final class RequirementRules {
    private static final Set<String> KNOWN =
            Set.of("networks", "brand", "ssh_key", "min_ram", "max_ram", "min_platform", "max_platform", "bootrom");

    /** The build stamp of a SmartOS platform image, such as 20130308T102805Z. */
    private static final DateTimeFormatter PLATFORM =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);

    private static final int FIRST_PLATFORM_YEAR = 2012;

    private final ObjectNode requirements;
    private final Findings findings;

    RequirementRules(ObjectNode requirements, Findings findings) {
        this.requirements = requirements;
        this.findings = findings;
    }

    void judge() {
        judgeNetworks();
        judge("brand", JsonNode::isTextual, "a string");
        judge("ssh_key", JsonNode::isBoolean, "a boolean");
        judgeMemory();
        judgePlatforms("min_platform");
        judgePlatforms("max_platform");
        judgeBootrom();
        judgeOthers();
    }

    private void judgeNetworks() {
        judge("networks", JsonNode::isArray, "an array");
        for (JsonNode network : requirements.path("networks")) {
            if (!CollectionRules.hasOnlyTexts(network, "name", "description")) {
                add("networks", "invalid image \"requirements.networks\" entry: " + network);
            }
        }
    }

    private void judgeMemory() {
        judge("min_ram", RequirementRules::isMegabytes, "a positive integer");
        judge("max_ram", RequirementRules::isMegabytes, "a positive integer");
        JsonNode min = requirements.path("min_ram");
        JsonNode max = requirements.path("max_ram");
        if (isMegabytes(min) && isMegabytes(max) && min.longValue() > max.longValue()) {
            add("max_ram", "min_ram must be <= max_ram, but:min_ram=" + min + ", max_ram=" + max);
        }
    }

    private void judgePlatforms(String field) {
        judge(field, value -> value.isObject() && !value.isEmpty(), "an object");
        requirements.path(field).properties().forEach(platform -> {
            if (!isPlatform(platform.getValue())) {
                String entry = platform.getKey() + ": " + JavaScriptText.of(platform.getValue());
                add(
                        field,
                        "invalid image \"requirements." + field + "\" entry: \"" + entry
                                + "\" not a valid platform version");
            }
        });
    }

    private void judgeBootrom() {
        if (!requirements.hasNonNull("bootrom")) {
            return;
        }
        String bootrom = JavaScriptText.of(requirements.get("bootrom"));
        String brand = JavaScriptText.of(requirements.path("brand"));
        if (!requirements.hasNonNull("brand")) {
            findings.add(new Violation(
                    "requirements.bootrom",
                    Violation.MISSING_PARAMETER,
                    "\"requirements.brand\" not specified. \"requirements.bootrom\" requires \"requirements.brand\" to"
                            + " be set to \"bhyve\""));
        } else if (!brand.equals("bhyve")) {
            add(
                    "bootrom",
                    "invalid bootrom \"requirements.bootrom\" not supported with \"" + brand
                            + "\" brand; \"requirements.brand\" must be \"bhyve\"");
        } else if (!bootrom.equals("bios") && !bootrom.equals("uefi")) {
            add(
                    "bootrom",
                    "invalid bootrom \"requirements.bootrom\" invalid entry \"" + bootrom
                            + "\"; must be one of: bios, uefi");
        }
    }

    /** These alone are named without what they are in, as the peer does it. */
    private void judgeOthers() {
        for (Map.Entry<String, JsonNode> requirement : requirements.properties()) {
            String field = requirement.getKey();
            findings.require(KNOWN.contains(field), field, "unsupported requirement \"" + field + "\"");
        }
    }

    private void judge(String field, Predicate<JsonNode> isRight, String expected) {
        JsonNode value = requirements.path(field);
        if (requirements.hasNonNull(field) && !isRight.test(value)) {
            add(field, "invalid image \"requirements." + field + "\" (not " + expected + "): " + value);
        }
    }

    private void add(String field, String message) {
        findings.add(Violation.invalid("requirements." + field, message));
    }

    private static boolean isMegabytes(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0;
    }

    private static boolean isPlatform(JsonNode value) {
        try {
            return value.isTextual()
                    && LocalDateTime.parse(value.textValue(), PLATFORM).getYear() >= FIRST_PLATFORM_YEAR;
        } catch (DateTimeException e) {
            return false;
        }
    }
}
