package org.imageserver.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.imageserver.Program;

/** The Chromium of this machine, without a window, with a profile of its own that ends with it. Not thread-safe. */
final class Chromium implements AutoCloseable {
    /** What a test's server is also called: pages from there are not of a secure context, as on most networks. */
    static final String PLAIN_HOST = "images.example.com";

    /** What a browser does by itself would be requests to other hosts. */
    private static final List<String> FLAGS = List.of(
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--host-resolver-rules=MAP " + PLAIN_HOST + " 127.0.0.1");

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Playwright playwright, Path program) {
        this.playwright = playwright;
        this.browser = playwright
                .chromium()
                .launch(new LaunchOptions().setExecutablePath(program).setArgs(FLAGS));
    }

    /** Starts it, or skips the test where there is none. */
    static Chromium start() {
        Path program = found("chromium", "chromium", "chromium-browser");
        Path node = found("nodejs", "node");
        Map<String, String> environment =
                Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1", "PLAYWRIGHT_NODEJS_PATH", node.toString());
        return new Chromium(Playwright.create(new Playwright.CreateOptions().setEnv(environment)), program);
    }

    private static Path found(String debianPackage, String... names) {
        return Program.find(names)
                .orElseThrow(() -> Program.missing("The pages are NOT TESTED in a browser: there is no " + names[0]
                        + " on this machine (Debian: apt-get install " + debianPackage + ")"));
    }

    Browser browser() {
        return browser;
    }

    @Override
    public void close() {
        playwright.close();
    }
}
