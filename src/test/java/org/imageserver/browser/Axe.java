package org.imageserver.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** axe looks for what keeps people from using a page: missing names, poor contrast, wrong roles. */
final class Axe {
    private static final String SCRIPT = script();

    /** A finding for each rule: how bad, what is wrong, and the first places. */
    private static final String RUN = """
            async () => {
                const results = await axe.run(document, {resultTypes: ['violations']});
                const place = node => `\\n  ${node.target.join(' ')}: ${node.html}\\n    ${node.failureSummary}`;
                return results.violations.map(rule => `${rule.id} (${rule.impact}): ${rule.help}, in `
                    + `${rule.nodes.length} places, such as${rule.nodes.slice(0, 3).map(place).join('')}`);
            }
            """;

    private Axe() {}

    /** Fails with every violation that the page has as it is now. */
    static void assertAccessible(Page page, String what) {
        // By the debugger's door, which the content security policy does not guard.
        page.evaluate(SCRIPT);
        assertThat((List<?>) page.evaluate(RUN)).as(what).isEmpty();
    }

    private static String script() {
        try (InputStream bytes = Objects.requireNonNull(Axe.class.getResourceAsStream("/axe.min.js"))) {
            return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
