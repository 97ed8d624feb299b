package org.imageserver.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.imageserver.config.ConfigException;
import org.imageserver.config.Settings;
import org.imageserver.config.SettingsKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The README's table of keys and the example say the same as the program. */
class ConfigurationDocsTest {
    private static final String EXAMPLE = "config.example.json";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .build();

    /** A row of the table: key, value, default, meaning. */
    private record Row(String key, String value, String otherwise, String meaning) {}

    private final Map<String, Row> table = Documents.read("README.md")
            .lines()
            .filter(line -> line.startsWith("| `"))
            .map(line -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
            .map(cells -> new Row(cells.get(1).replace("`", ""), cells.get(2), cells.get(3), cells.get(4)))
            .collect(Collectors.toMap(Row::key, row -> row));

    @Test
    void theExampleStatesTheDefaults() throws ConfigException {
        Settings example = Settings.read(Path.of(EXAMPLE), Settings.Overrides.NONE);
        assertThat(example).isEqualTo(Settings.read(null, Settings.Overrides.NONE));
    }

    @ParameterizedTest
    @EnumSource
    void theExampleHasEveryKeyAsAnEntryOrAComment(SettingsKey key) {
        assertThat(Documents.read(EXAMPLE)).containsPattern("(?m)^ *(// )?\"" + key.key() + "\": ");
    }

    @Test
    void theTableHasExactlyTheKeysThatThereAre() {
        List<String> keys =
                Arrays.stream(SettingsKey.values()).map(SettingsKey::key).toList();
        assertThat(table.keySet()).containsExactlyInAnyOrderElementsOf(keys);
    }

    @ParameterizedTest
    @EnumSource
    void theTableSaysWhatTheValueMustBe(SettingsKey key) {
        assertThat(row(key).value().replace("`", "")).isEqualTo(key.expected());
        assertThat(row(key).meaning()).isNotBlank();
    }

    @ParameterizedTest
    @EnumSource
    void theTableHasTheDefaultsOfTheExample(SettingsKey key) throws IOException {
        JsonNode inExample = JSON.readTree(Documents.read(EXAMPLE)).path(key.key());
        String expected = inExample.isMissingNode() ? "not set" : "`" + inExample + "`";
        assertThat(row(key).otherwise()).isEqualTo(expected);
    }

    private Row row(SettingsKey key) {
        return Optional.ofNullable(table.get(key.key()))
                .orElseThrow(() -> new AssertionError("the README's table has no row for " + key.key()));
    }
}
