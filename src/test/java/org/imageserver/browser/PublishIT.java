package org.imageserver.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.imageserver.TestAccount;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Publishing with a browser over lines that are good, slow and broken. */
@ExtendWith(InBrowser.class)
class PublishIT {
    private static final int MEBIBYTE = 1 << 20;

    /** More than browser and sockets take for sent before it is. */
    private static final int FILE_BYTES = 24 * MEBIBYTE;

    @TempDir
    private Path directory;

    private TestServer server;
    private TestAccount publisher;
    private BadLine line;
    private Path file;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start(directory, "\"allow_private_urls\": true");
        publisher = server.account("paula", Role.PUBLISHER);
        line = BadLine.to(server.port());
        file = directory.resolve("nice-1.0.0.zfs");
        SampleStream.writePlain(file, FILE_BYTES, 4711, "zones/nice@final");
    }

    @AfterEach
    void stop() throws IOException {
        line.close();
        server.close();
    }

    @Test
    void publishesAFileAndShowsHowFarItIs(Visitors visitors) throws IOException {
        Page page = form(visitors);
        line.holdAfter(FILE_BYTES / 2);
        fill(page, file, "nice", "1.0.0").click();
        assertThat(page.locator("#transfer")).isVisible();
        assertThat(page.locator("#transfer-amount")).containsText(Pattern.compile("of 2[45](\\.\\d+)? MiB"));
        page.waitForFunction("() => document.getElementById('transfer-progress').value > 20");
        assertThat(page.locator("#transfer-rate")).containsText("/s");
        assertThat(page.locator("#transfer-left")).containsText("left");
        Axe.assertAccessible(page, "an upload");
        line.release();
        assertPublished(page, "nice");
        page.locator("#result-link").click();
        assertThat(page.locator("h1")).containsText("nice");
    }

    @Test
    void goesOnByItselfWhereTheLineBroke(Visitors visitors) throws IOException {
        Page page = form(visitors);
        // On a connection that it has used before, Chromium first tries again by itself, which is a conflict then.
        visitors.expectTrouble("net::ERR_", "409 (Conflict)");
        List<Long> offsets = new ArrayList<>();
        page.onRequest(request -> {
            if (request.method().equals("PATCH")) {
                offsets.add(Long.valueOf(request.headerValue("Upload-Offset")));
            }
        });
        line.cutAfter(FILE_BYTES / 2);
        fill(page, file, "nice", "1.0.0").click();
        assertPublished(page, "nice");
        assertThat(line.happened()).isEqualTo(1);
        assertThat(offsets).as("where requests began").startsWith(0L);
        assertThat(offsets.getLast()).isGreaterThan(FILE_BYTES / 4);
    }

    @Test
    void goesOnByItselfWhenTheServerIsStartedAgain(Visitors visitors) throws IOException {
        Page page = form(visitors);
        visitors.expectTrouble("net::ERR_");
        line.holdAfter(FILE_BYTES / 2);
        fill(page, file, "nice", "1.0.0").click();
        page.waitForFunction("() => document.getElementById('transfer-progress').value > 20");
        int port = server.port();
        server.close();
        assertThat(page.locator("#transfer")).containsText("next try in");
        line.release();
        long before = line.sent();
        server = TestServer.start(directory, "\"listen\": [\"127.0.0.1:" + port + "\"]");
        assertPublished(page, "nice");
        assertThat(line.sent() - before).as("bytes sent").isLessThan(FILE_BYTES);
    }

    @Test
    void goesOnWhenTheSameFileIsChosenAgainAfterAReload(Visitors visitors) throws IOException {
        Page page = form(visitors);
        line.holdAfter(FILE_BYTES / 2);
        fill(page, file, "nice", "1.0.0").click();
        page.waitForFunction("() => document.getElementById('transfer-progress').value > 20");
        page.reload();
        line.release();
        long before = line.sent();
        assertThat(page.locator("#unfinished")).containsText("nice-1.0.0.zfs");
        Axe.assertAccessible(page, "unfinished uploads");
        page.locator("#file").setInputFiles(file);
        assertThat(page.locator("#resume-offer")).isVisible();
        page.locator("#publish").click();
        assertPublished(page, "nice");
        assertThat(line.sent() - before).as("bytes sent").isLessThan(FILE_BYTES);
    }

    @Test
    void leavesNothingOfACancelledUpload(Visitors visitors) {
        Page page = form(visitors);
        line.holdAfter(FILE_BYTES / 2);
        fill(page, file, "nice", "1.0.0").click();
        page.waitForFunction("() => document.getElementById('transfer-progress').value > 20");
        page.locator("#transfer-cancel").click();
        line.release();
        assertThat(page.locator("#transfer")).isHidden();
        assertThat(page.locator("#publish")).isEnabled();
        page.reload();
        assertThat(page.locator("#unfinished")).isHidden();
        assertThat(server.names("/images")).isEmpty();
    }

    @Test
    void showsHowFarTheServerIsWithAFileThatItFetches(Visitors visitors) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        CountDownLatch goOn = new CountDownLatch(1);
        HttpServer elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        elsewhere.createContext("/nice-1.0.0.zfs", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
                exchange.getResponseBody().flush();
                awaitLatch(goOn);
                exchange.getResponseBody().write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
            }
        });
        elsewhere.start();
        try {
            Page page = form(visitors);
            page.locator("[name=source][value=url]").check();
            page.locator("#url")
                    .fill("http://127.0.0.1:" + elsewhere.getAddress().getPort() + "/nice-1.0.0.zfs");
            page.locator("#f-name").fill("nice");
            page.locator("#f-version").fill("1.0.0");
            page.locator("#f-type").selectOption("zone-dataset");
            page.locator("#f-os").selectOption("smartos");
            page.locator("#publish").click();
            assertThat(page.locator("#transfer-amount"))
                    .containsText(Pattern.compile("MiB of 2[45](\\.\\d+)? MiB \\([345]\\d %\\)"));
            assertThat(page.locator("#transfer-rate")).containsText("/s");
            goOn.countDown();
            assertPublished(page, "nice");
        } finally {
            goOn.countDown();
            elsewhere.stop(0);
        }
    }

    @Test
    void saysAtTheFieldWhatTheServerWillNotTake(Visitors visitors) {
        Page page = form(visitors);
        visitors.expectTrouble("422 (Unprocessable");
        fill(page, file, "so*not", "1.0.0").click();
        assertThat(page.locator(".field", new Page.LocatorOptions().setHas(page.locator("#f-name"))))
                .containsText("invalid characters");
        assertThat(page.locator("#f-name")).hasAttribute("aria-invalid", "true");
        Axe.assertAccessible(page, "a refusal");
    }

    @Test
    void refusesWhatIsNoStreamAndSaysWhy(Visitors visitors) throws IOException {
        Page page = form(visitors);
        visitors.expectTrouble("400 (Bad Request)");
        Path text = Files.writeString(directory.resolve("notes.txt"), "not a stream");
        fill(page, text, "nice", "1.0.0").click();
        assertThat(page.locator("#form-error")).containsText("stream");
        assertThat(server.names("/images")).isEmpty();
    }

    @Test
    void takesAFileThatIsDropped(Visitors visitors) throws IOException {
        Page page = form(visitors);
        page.evaluate("""
                () => {
                    const dropped = new DataTransfer();
                    dropped.items.add(new File(['abc'], 'dropped.zfs.gz'));
                    document.getElementById('drop').dispatchEvent(
                        new DragEvent('drop', {dataTransfer: dropped, bubbles: true, cancelable: true}));
                }
                """);
        assertThat(page.locator("#file-name")).containsText("dropped.zfs.gz");
    }

    @Test
    void saysWhoMayPublishAndHowFromAShell(Visitors visitors) {
        Page nobody = visitors.visit(server);
        nobody.navigate("/publish");
        assertThat(nobody.locator("main")).containsText("sign in");
        assertThat(nobody.locator("form#publish-form")).hasCount(0);
        TestAccount reader = server.account("rita", Role.READER);
        Page reads = visitors.visit(server);
        Person.signIn(reads, reader, "/publish");
        assertThat(reads.locator("#only-reads")).containsText("rita");
        Page scriptless = visitors.visit(server, options -> options.setJavaScriptEnabled(false));
        Person.signIn(scriptless, publisher, "/publish");
        assertThat(scriptless.locator("#from-a-shell")).containsText("curl");
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Page form(Visitors visitors) {
        Page page = visitors.visit(line.address(), options -> {});
        Person.signIn(page, publisher, "/publish");
        return page;
    }

    /** Fills the form in and gives the button that sends it. */
    private static Locator fill(Page page, Path chosen, String name, String version) {
        page.locator("#file").setInputFiles(chosen);
        page.locator("#f-name").fill(name);
        page.locator("#f-version").fill(version);
        return page.locator("#publish");
    }

    private void assertPublished(Page page, String name) throws IOException {
        assertThat(page.locator("#result")).isVisible();
        assertThat(page.locator("#result-text")).containsText(name);
        String uuid = page.locator("#result-link").getAttribute("href").replaceFirst(".*/", "");
        assertThat(server.getBytes("/images/" + uuid + "/file").body()).isEqualTo(Files.readAllBytes(file));
    }
}
