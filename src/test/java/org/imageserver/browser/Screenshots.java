package org.imageserver.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.imageserver.TestAccount;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Takes the pictures in docs/screenshots; docs/screenshots/make runs it. */
@ExtendWith(InBrowser.class)
class Screenshots {
    private static final Path TARGET = Path.of("docs/screenshots");
    private static final int MEBIBYTE = 1 << 20;

    /** What stands in the commands on the pages, in place of a port of the loopback. */
    private static final Map<String, String> BEHIND_A_PROXY =
            Map.of("X-Forwarded-Host", "images.example.com", "X-Forwarded-Proto", "https");

    @TempDir
    private static Path directory;

    private static TestServer server;

    @BeforeAll
    static void start() throws IOException {
        Path images = directory.resolve("images");
        SampleCatalogue.fill(images, MEBIBYTE);
        SampleHistory.leave(images, uuids(images));
        server = TestServer.start(directory, "\"trusted_proxies\": [\"127.0.0.1\"]");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static List<String> uuids(Path images) throws IOException {
        List<String> uuids = new ArrayList<>(SampleCatalogue.uuids(images));
        Collections.shuffle(uuids, new Random(1));
        return uuids;
    }

    @Test
    void take(Visitors visitors) throws IOException {
        String image = "/i/" + uuid("postgresql-16", "16.9.0");
        Page wide = visitors.visit(server, wide(ColorScheme.LIGHT));
        await("the files were verified")
                .atMost(Duration.ofMinutes(5))
                .pollInSameThread()
                .until(() -> {
                    wide.navigate(image);
                    return wide.locator(".marks .badge.good").count() == 1;
                });
        photograph(wide, "image");
        photograph(wide, "/", "list");
        photograph(wide, "/about", "about");
        Page dark = visitors.visit(server, wide(ColorScheme.DARK));
        photograph(dark, "/?os=linux", "list-dark");
        photograph(dark, "/status", "status-dark");
        photograph(visitors.visit(server, phone(ColorScheme.LIGHT)), "/", "list-phone");
        photograph(visitors.visit(server, phone(ColorScheme.DARK)), image, "image-phone");
    }

    @Test
    void takeAnUpload(Visitors visitors) throws IOException {
        TestAccount publisher = server.account("ada", Role.PUBLISHER);
        Path file = directory.resolve("mail-relay-2.0.0.zfs");
        SampleStream.writePlain(file, 96L * MEBIBYTE, 25, "zones/mail@final");
        try (BadLine line = BadLine.to(server.port())) {
            Page page = visitors.visit(line.address(), options -> options.setViewportSize(1280, 860));
            Person.signIn(page, publisher, "/publish");
            page.locator("#file").setInputFiles(file);
            page.locator("#f-name").fill("mail-relay");
            page.locator("#f-version").fill("2.0.0");
            page.locator("#f-description").fill("Postfix and Rspamd for outgoing mail, with the keys of our domains.");
            line.holdAfter(50 * MEBIBYTE);
            page.locator("#publish").click();
            assertThat(page.locator("#transfer")).isVisible();
            assertThat(page.locator("#transfer-left")).containsText("left");
            photograph(page, "publish");
            line.release();
            assertThat(page.locator("#result")).isVisible();
        }
    }

    private String uuid(String name, String version) {
        JsonNode found = TestServer.json(server.get("/images?name=" + name + "&version=" + version));
        return found.path(0).path("uuid").asText();
    }

    private static Consumer<NewContextOptions> wide(ColorScheme scheme) {
        return options -> options.setColorScheme(scheme)
                .setExtraHTTPHeaders(BEHIND_A_PROXY)
                .setViewportSize(1280, 860);
    }

    private static Consumer<NewContextOptions> phone(ColorScheme scheme) {
        return options -> options.setColorScheme(scheme)
                .setExtraHTTPHeaders(BEHIND_A_PROXY)
                .setViewportSize(390, 844)
                .setIsMobile(true)
                .setDeviceScaleFactor(1.5);
    }

    private static void photograph(Page page, String path, String name) {
        page.navigate(path);
        photograph(page, name);
    }

    private static void photograph(Page page, String name) {
        page.screenshot(new ScreenshotOptions().setPath(TARGET.resolve(name + ".png")));
    }
}
