package org.imageserver.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.imageserver.cli.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages point to exists. */
class PagesTest {
    private static final Pattern LINK = Pattern.compile("\\[([^]]*)]\\(([^)\\s]+)\\)");
    private static final Pattern METHOD = Pattern.compile("`([A-Z]\\w*)\\.(\\w+)`");

    static List<String> pages() {
        return Documents.pages();
    }

    @Test
    void theReadmeNamesEveryCommand() {
        String readme = Documents.read("README.md");
        assertThat(Main.commandLine().getSubcommands().keySet())
                .isNotEmpty()
                .allSatisfy(name -> assertThat(readme).contains("image-server " + name));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyRelativeLinkLeadsSomewhere(String page) {
        for (MatchResult link : links(page)) {
            String[] parts = link.group(2).split("#", 2);
            Path target = parts[0].isEmpty() ? path(page) : path(page).resolveSibling(parts[0]);
            assertThat(target).as("%s links to %s", page, link.group(2)).exists();
            if (parts.length == 2) {
                assertThat(anchors(target))
                        .as("headings of %s, linked to from %s", target, page)
                        .contains(parts[1]);
            }
        }
    }

    /** A link such as {@code [`Catalogue.openFile`](src/.../Catalogue.java)}: the file has that method or field. */
    @ParameterizedTest
    @MethodSource("pages")
    void whatALinkNamesOfAFileOfJavaIsInIt(String page) {
        for (MatchResult link : links(page)) {
            if (link.group(2).endsWith(".java")) {
                METHOD.matcher(link.group(1)).results().forEach(name -> {
                    assertThat(link.group(2)).endsWith("/" + name.group(1) + ".java");
                    assertThat(read(path(page).resolveSibling(link.group(2))))
                            .as("%s names %s", page, link.group(1))
                            .containsPattern("\\b" + name.group(2) + "\\b");
                });
            }
        }
    }

    private static List<MatchResult> links(String page) {
        return LINK.matcher(Documents.read(page))
                .results()
                .filter(link -> !link.group(2).matches("[a-z]+:.*"))
                .toList();
    }

    private static Path path(String page) {
        return Documents.ROOT.resolve(page);
    }

    private static String read(Path file) {
        return Documents.read(Documents.ROOT.relativize(file.normalize()).toString());
    }

    /** The headings as a forge links to them: lower case, spaces as hyphens, without punctuation. */
    private static List<String> anchors(Path page) {
        assertThat(Files.isRegularFile(page)).isTrue();
        return Arrays.stream(read(page).split("\n", -1))
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("#+ *", "").toLowerCase(Locale.ROOT))
                .map(title -> title.replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
                .toList();
    }
}
