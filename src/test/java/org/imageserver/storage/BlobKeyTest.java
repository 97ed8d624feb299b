package org.imageserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlobKeyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "a/",
                "/a",
                "a//b",
                ".",
                "..",
                "a/.",
                "a/..",
                "../a",
                "a/../b",
                "a\\b",
                "a\0b",
                "a\nb",
                "a\u007Fb",
                "a\u0085b",
                "a\uFFFDb",
                "a\uD83D",
                "\uDD11a",
                "\uD83D/\uDD11"
            })
    @MethodSource("tooLong")
    void refusesWhatCouldMisleadAFileSystem(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BlobKey.parse(value))
                .withMessageContaining("cannot name a blob: ")
                .withMessageNotContaining("\n");
    }

    static Stream<String> tooLong() {
        return Stream.of("a".repeat(256), "ü".repeat(128), "🔑".repeat(64), ("a".repeat(204) + "/").repeat(5) + "a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a/b", "a/b/c/d", "...", "..a", "a..", ".a", " ", "ü", "🔑"})
    @MethodSource("justShortEnough")
    void takesEverythingElse(String value) {
        assertThat(BlobKey.parse(value).value()).isEqualTo(value);
    }

    static Stream<String> justShortEnough() {
        return Stream.of("a".repeat(255), "ü".repeat(127), ("a".repeat(204) + "/").repeat(4) + "a".repeat(204));
    }

    @Test
    void joinsAndSplitsSegments() {
        BlobKey key = BlobKey.parse("image").resolve("file.gz");
        assertThat(key).hasToString("image/file.gz");
        assertThat(key.segments()).containsExactly("image", "file.gz");
        assertThatIllegalArgumentException().isThrownBy(() -> key.resolve("../.."));
    }

    @Test
    void isHiddenWhenASegmentBeginsWithADot() {
        assertThat(BlobKey.parse(".a/b").isHidden()).isTrue();
        assertThat(BlobKey.parse("a/.b").isHidden()).isTrue();
        assertThat(BlobKey.parse("a.b/c.").isHidden()).isFalse();
    }

    @Property
    void whatIsTakenStaysUnderTheRootAndComesBackAsItWas(@ForAll("values") String value) {
        Assume.that(BlobKey.problemWith(value) == null);
        Assume.that(Charset.forName(System.getProperty("sun.jnu.encoding"))
                .newEncoder()
                .canEncode(value));
        BlobKey key = BlobKey.parse(value);
        Path root = Path.of("/images/root");
        Path path = key.under(root);

        assertThat(key.value()).isEqualTo(value);
        assertThat(path.normalize()).isEqualTo(path).startsWithRaw(root).isNotEqualTo(root);
        assertThat(root.relativize(path)).hasToString(value);
        assertThat(path.getNameCount()).isEqualTo(2 + key.segments().size());
        assertThat(String.join("/", key.segments())).isEqualTo(value);
        assertThat(value.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(1024);
    }

    @Provide
    Arbitrary<String> values() {
        Arbitrary<String> nasty =
                Arbitraries.of(".", "..", "...", "/", "\\", "\0", "\n", "a", "ü", "🔑", "\uD83D", " ", "~", "%2e");
        Arbitrary<String> assembled = nasty.list().ofMinSize(1).ofMaxSize(12).map(parts -> String.join("", parts));
        Arbitrary<String> paths =
                Arbitraries.strings().alpha().numeric().withChars("._- /").ofMaxLength(40);
        return Arbitraries.oneOf(assembled, paths, Arbitraries.strings().ofMaxLength(20));
    }
}
