package org.imageserver.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.imageserver.config.Settings.Retention.Rule;

/** Reads the keys by which a server keeps itself in order. */
final class MaintenanceReader {
    private static final Settings.Scrub SCRUB = new Settings.Scrub(Duration.ofDays(30), 20_000_000);
    private static final Duration TRASH = Duration.ofDays(7);
    private static final long MOST_DAYS = 3650;

    /** Downloads are counted for somewhat longer. */
    private static final long MOST_COUNTED_DAYS = 365;

    private final ConfigFile file;

    MaintenanceReader(ConfigFile file) {
        this.file = file;
    }

    Settings.Scrub scrub() throws ConfigException {
        Optional<JsonNode> value = file.value(SettingsKey.SCRUB);
        if (value.isEmpty()) {
            return SCRUB;
        }
        JsonNode scrub = value.get();
        requireObject(SettingsKey.SCRUB, scrub, List.of("interval_days", "bytes_per_second"));
        return new Settings.Scrub(
                Duration.ofDays(number(
                        SettingsKey.SCRUB,
                        scrub,
                        "interval_days",
                        SCRUB.interval().toDays(),
                        MOST_DAYS)),
                number(SettingsKey.SCRUB, scrub, "bytes_per_second", SCRUB.bytesPerSecond(), Long.MAX_VALUE));
    }

    Settings.Retention retention() throws ConfigException {
        Optional<JsonNode> value = file.value(SettingsKey.RETENTION);
        if (value.isPresent() && !value.get().isArray()) {
            throw file.wrong(SettingsKey.RETENTION);
        }
        List<Rule> rules = new ArrayList<>();
        for (JsonNode rule : value.isPresent() ? value.get() : List.<JsonNode>of()) {
            rules.add(rule(rule));
        }
        boolean isInBucket = file.value(SettingsKey.STORAGE)
                .filter(storage -> storage.path("type").asText().equals("s3"))
                .isPresent();
        if (isInBucket && !rules.isEmpty()) {
            throw file.wrong(
                    SettingsKey.RETENTION,
                    "images in a bucket are not deleted by rules: no server knows what the others have sent");
        }
        return new Settings.Retention(List.copyOf(rules), trash());
    }

    private Duration trash() throws ConfigException {
        Optional<JsonNode> value = file.value(SettingsKey.TRASH_DAYS);
        if (value.isEmpty()) {
            return TRASH;
        }
        if (!value.get().isInt() || value.get().intValue() < 0 || value.get().intValue() > MOST_DAYS) {
            throw file.wrong(SettingsKey.TRASH_DAYS);
        }
        return Duration.ofDays(value.get().intValue());
    }

    private Rule rule(JsonNode rule) throws ConfigException {
        requireObject(
                SettingsKey.RETENTION,
                rule,
                List.of("name", "keep_newest", "unpublished_after_days", "not_pulled_for_days"));
        JsonNode name = rule.path("name");
        if (!name.isMissingNode() && (!name.isTextual() || name.textValue().isBlank())) {
            throw file.wrong(SettingsKey.RETENTION, "\"name\" must be a name, or \"~\" and a part of one");
        }
        Rule read = new Rule(
                Optional.ofNullable(name.textValue()),
                (int) number(SettingsKey.RETENTION, rule, "keep_newest", 0, Integer.MAX_VALUE),
                (int) number(SettingsKey.RETENTION, rule, "unpublished_after_days", 0, MOST_DAYS),
                (int) number(SettingsKey.RETENTION, rule, "not_pulled_for_days", 0, MOST_COUNTED_DAYS));
        if (read.keepNewest() + read.unpublishedAfterDays() + read.notPulledForDays() == 0) {
            throw file.wrong(
                    SettingsKey.RETENTION,
                    "a rule must say keep_newest, not_pulled_for_days or unpublished_after_days, more than 0");
        }
        return read;
    }

    private void requireObject(SettingsKey key, JsonNode value, List<String> known) throws ConfigException {
        if (!value.isObject()) {
            throw file.wrong(key);
        }
        for (String name : (Iterable<String>) value::fieldNames) {
            if (!known.contains(name)) {
                throw file.wrong(key, "unknown key \"" + name + "\"; known are " + String.join(", ", known));
            }
        }
    }

    private long number(SettingsKey key, JsonNode object, String name, long otherwise, long most)
            throws ConfigException {
        JsonNode value = object.path(name);
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < 0
                || value.longValue() > most) {
            throw file.wrong(key, "\"" + name + "\" must be a whole number from 0 to " + most);
        }
        return value.longValue();
    }
}
