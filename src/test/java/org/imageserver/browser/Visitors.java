package org.imageserver.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.imageserver.TestServer;

/**
 * The people who look at the pages in one test. Each has cookies and settings of their own. Whatever a page of any of
 * them does wrong fails the test in the end: see {@link Troubles}.
 */
final class Visitors {
    /** Long enough for a busy machine: what is there in time is seen at once. */
    private static final double PATIENCE_MILLISECONDS = 20_000;

    private final Browser browser;
    private final Troubles troubles = new Troubles();
    private final List<BrowserContext> contexts = new ArrayList<>();

    Visitors(Browser browser) {
        this.browser = browser;
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLISECONDS);
    }

    /** Somebody with a wide screen and a light background; the page is empty, and addresses begin with a slash. */
    Page visit(TestServer server) {
        return visit(server, options -> {});
    }

    /** Somebody with other settings. */
    Page visit(TestServer server, Consumer<NewContextOptions> change) {
        return visit("http://127.0.0.1:" + server.port(), change);
    }

    /** Somebody on a network, where the server is neither this machine nor spoken to over TLS. */
    Page visitOverNetwork(TestServer server) {
        return visit("http://" + Chromium.PLAIN_HOST + ":" + server.port(), options -> {});
    }

    /** Somebody who has this address of a server. */
    Page visit(String address, Consumer<NewContextOptions> change) {
        NewContextOptions options = new NewContextOptions()
                .setBaseURL(address)
                .setLocale("en-GB")
                .setTimezoneId("UTC")
                .setViewportSize(1280, 800);
        change.accept(options);
        BrowserContext context = browser.newContext(options);
        context.setDefaultTimeout(PATIENCE_MILLISECONDS);
        contexts.add(context);
        troubles.watch(context, address);
        return context.newPage();
    }

    /** A trouble that the test itself causes, such as an answer 403, named by a part of it; one of these must come. */
    void expectTrouble(String... parts) {
        troubles.expect(List.of(parts));
    }

    /** Keeps what each of them sees, for whoever reads why a test failed. */
    void photograph(String name) {
        List<Page> pages =
                contexts.stream().flatMap(context -> context.pages().stream()).toList();
        for (int i = 0; i < pages.size(); i++) {
            String file = name.replaceAll("[^A-Za-z0-9.]+", "-") + "-" + i + ".png";
            pages.get(i).screenshot(new ScreenshotOptions().setPath(Path.of("target/browser-failures", file)));
        }
    }

    /** Closes all their pages. */
    void leave() {
        // What a page has just said is heard first: an answer comes after it.
        contexts.forEach(BrowserContext::cookies);
        contexts.forEach(BrowserContext::close);
    }

    /** Fails the test if one of their pages did anything wrong. */
    void assertNoTroubles() {
        assertThat(troubles.unexpected()).as("troubles of the pages").isEmpty();
        assertThat(troubles.missed()).as("troubles that should have come").isEmpty();
    }
}
