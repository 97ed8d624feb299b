package org.imageserver.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every page has to be: for everyone's eyes, for a phone, for a keyboard, and without JavaScript. */
@ExtendWith(InBrowser.class)
class EveryPageIT {
    private static final int PHONE_WIDTH = 360;

    /** base-64-lts 24.4.1, on which others are built, and debian-13 for bhyve. */
    private static final String ZONE = "8a0afd77-3820-430d-8395-e19e96c0e921";

    private static final String VOLUME = "e8c7ed9a-3cbc-40f3-ad39-196991b89fb7";

    @TempDir
    private static Path directory;

    private static TestServer server;

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(directory);
        SampleCatalogue.fill(server.images().directory(), 1);
        server.rescan();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static List<String> pages() {
        return List.of(
                "/",
                "/?view=images",
                "/n/base-64-lts",
                "/i/" + ZONE,
                "/i/" + VOLUME,
                "/status",
                "/about",
                "/docs",
                "/sign-in",
                "/publish",
                "/n/no-such-name");
    }

    /** A browser says in its console that the page itself was answered with an error. */
    private static void open(Page page, String path, Visitors visitors) {
        if (path.contains("no-such")) {
            visitors.expectTrouble("404 (Not Found) at " + server.uri(path));
        }
        page.navigate(path);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void keepsNobodyOutInLightAndDark(String path, Visitors visitors) {
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            Page page = visitors.visit(server, options -> options.setColorScheme(scheme));
            open(page, path, visitors);
            Axe.assertAccessible(page, path + " " + scheme);
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void isAsWideAsAPhone(String path, Visitors visitors) {
        Page page = visitors.visit(
                server, options -> options.setViewportSize(PHONE_WIDTH, 720).setIsMobile(true));
        open(page, path, visitors);
        assertThat(page.evaluate("document.documentElement.scrollWidth"))
                .as("width of %s", path)
                .isEqualTo(PHONE_WIDTH);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void isReadWithoutJavaScript(String path, Visitors visitors) {
        Page with = visitors.visit(server);
        Page without = visitors.visit(server, options -> options.setJavaScriptEnabled(false));
        open(with, path, visitors);
        open(without, path, visitors);
        assertThat(without.locator("h1")).hasText(with.locator("h1").innerText());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void leadsTheKeyboardPastTheMenuAndShowsWhereItIs(String path, Visitors visitors) {
        Page page = visitors.visit(server);
        open(page, path, visitors);
        page.keyboard().press("Tab");
        assertThat(page.locator(".skip")).isFocused();
        assertThat(page.locator(".skip")).isInViewport();
        page.keyboard().press("Enter");
        page.keyboard().press("Tab");
        String focused =
                String.valueOf(page.evaluate("document.activeElement.closest('main, header, footer').localName"));
        assertThat(focused).isEqualTo("main");
        assertThat(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
                .as("what shows the focus on %s", path)
                .isNotEqualTo("none");
    }
}
