package org.imageserver.manifest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestJsonTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"a": 1,}                | line 1, column 9: broken JSON: Unexpected character ('}' (code 125)): was expecting double-quote to start field name
                    {"a" 1}                  | line 1, column 6: broken JSON: Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value
                    {"a": "b}                | the text ends before the object does
                    {"a": [1, 2              | the text ends before the object does
                    {"a": tru}               | line 1, column 7: broken JSON: Unrecognized token 'tru'
                    {"a": 1, "a": 2}         | line 1, column 13: broken JSON: Duplicate field 'a'
                    {"a": {"b": 1, "b": 2}}  | Duplicate field 'b'
                    {} {}                    | line 1, column 4: more text after the end of the JSON object
                    {} x                     | Unrecognized token 'x'
                    [{"a": 1}]               | expected one JSON object, {...}, but found an array of 1
                    "text"                   | but found the string "text"
                    17                       | but found the number 17
                    null                     | but found null
                    {"a": "\\ud83d"}         | line 1, column 8: \\ud83d is half of a character
                    {"a": "\\ude00\\ud83d"}  | line 1, column 8: \\ude00 is half of a character
                    {"a": "x\\ud83dA"}       | line 1, column 9: \\ud83d is half of a character
                    """)
    void saysWhereAndWhatIsWrong(String text, String message) {
        assertThatThrownBy(() -> ManifestJson.parse(text.getBytes(UTF_8)))
                .isInstanceOf(InvalidManifestException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("REDACTED");
    }

    @Test
    void countsLinesAndColumns() {
        assertThatThrownBy(() -> ManifestJson.parse("{\n  \"a\": 1,\n  \"b\" 2\n}".getBytes(UTF_8)))
                .hasMessageStartingWith("line 3, column 7: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  \n", "\uFEFF"})
    void saysThatAFileIsEmpty(String text) {
        assertThatThrownBy(() -> ManifestJson.parse(text.getBytes(UTF_8)))
                .isInstanceOf(InvalidManifestException.class)
                .hasMessage("the text is empty: expected one JSON object, {...}");
    }

    @Test
    void refusesOtherEncodings() {
        assertThatThrownBy(() -> ManifestJson.parse("{\n\"a\": \"gr\u00fcn\"}".getBytes(ISO_8859_1)))
                .isInstanceOf(InvalidManifestException.class)
                .hasMessage("line 2, column 9: not UTF-8 from byte 10 on: save the file as UTF-8");
        assertThatThrownBy(() -> ManifestJson.parse("{}".getBytes(UTF_16)))
                .hasMessageStartingWith("line 1, column 1: not UTF-8 from byte 0 on");
    }

    @Test
    void acceptsAByteOrderMark() throws Exception {
        assertThat(ManifestJson.parse("\uFEFF{\"a\": 1}".getBytes(UTF_8))
                        .get("a")
                        .intValue())
                .isEqualTo(1);
    }

    @Test
    void acceptsWholeCharactersInEscapes() throws Exception {
        assertThat(ManifestJson.parse("{\"a\": \"\\ud83d\\ude00 \\\\ud83d \\u00e9\"}".getBytes(UTF_8))
                        .get("a")
                        .textValue())
                .isEqualTo("\ud83d\ude00 \\ud83d \u00e9");
    }

    @Test
    void boundsNestingAndNumbers() {
        assertThatThrownBy(() -> ManifestJson.parse(("{\"a\":" + "[".repeat(100_000)).getBytes(UTF_8)))
                .isInstanceOf(InvalidManifestException.class)
                .hasMessageContaining("line 1, column 1006: too much for a manifest: Document nesting depth");
        assertThatThrownBy(() -> ManifestJson.parse(("{\"a\":" + "1".repeat(100_000) + "}").getBytes(UTF_8)))
                .isInstanceOf(InvalidManifestException.class)
                .hasMessageStartingWith("line 1, column ")
                .hasMessageContaining("too much for a manifest: Number value length");
    }

    @Test
    void keepsNumbersExactly() throws Exception {
        String text = "{\"a\":1.50,\"b\":18446744073709551617,\"c\":0.1,\"d\":-7,\"e\":12345678901234567890.123456789}";
        assertThat(ManifestJson.toBytes(ManifestJson.parse(text.getBytes(UTF_8))))
                .asString(UTF_8)
                .isEqualTo(text);
    }
}
