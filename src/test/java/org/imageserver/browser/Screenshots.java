package org.imageserver.browser;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Path;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Takes the pictures in docs/screenshots; docs/screenshots/make runs it. */
@ExtendWith(InBrowser.class)
class Screenshots {
    private static final Path TARGET = Path.of("docs/screenshots");

    @TempDir
    private Path directory;

    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start(directory);
        SampleCatalogue.fill(server.images().directory(), 1 << 20);
        server.rescan();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void list(Visitors visitors) {
        take(wide(visitors, ColorScheme.LIGHT), "/", "list");
        take(wide(visitors, ColorScheme.DARK), "/", "list-dark");
        take(phone(visitors, ColorScheme.LIGHT), "/", "list-phone");
    }

    private Page wide(Visitors visitors, ColorScheme scheme) {
        return visitors.visit(server, options -> common(options, scheme).setViewportSize(1280, 860));
    }

    private Page phone(Visitors visitors, ColorScheme scheme) {
        return visitors.visit(
                server,
                options -> common(options, scheme)
                        .setViewportSize(390, 844)
                        .setIsMobile(true)
                        .setDeviceScaleFactor(1.5));
    }

    private static NewContextOptions common(NewContextOptions options, ColorScheme scheme) {
        return options.setColorScheme(scheme);
    }

    private static void take(Page page, String path, String name) {
        page.navigate(path);
        page.screenshot(new ScreenshotOptions().setPath(TARGET.resolve(name + ".png")));
    }
}
