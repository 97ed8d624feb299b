package org.imageserver.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An administrator has the server mirror another one, with a browser. */
@ExtendWith(InBrowser.class)
class SourcesIT {
    @TempDir
    private Path directory;

    private TestServer start(String name) throws IOException {
        return TestServer.start(
                Files.createDirectories(directory.resolve(name)),
                "\"rescan_seconds\": 0.2, \"verify_streams\": \"off\", \"anonymous_writes\": true");
    }

    private static Page admin(Visitors visitors, TestServer server, ColorScheme scheme, boolean hasScripts) {
        Page page = visitors.visit(
                server,
                options -> options.setColorScheme(scheme)
                        .setJavaScriptEnabled(hasScripts)
                        .setViewportSize(390, 844));
        Person.signIn(page, server.account("ann-" + hasScripts, Role.ADMIN), "/sources");
        return page;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void triesAddsAndRemovesASource(boolean hasScripts, Visitors visitors) throws IOException {
        try (TestServer other = start("other");
                TestServer server = start("own")) {
            other.send(
                    "POST",
                    "/publish?name=nice&version=1&type=other&os=other",
                    BodyPublishers.ofByteArray(new byte[] {1, 2, 3}));
            Page page = admin(visitors, server, ColorScheme.LIGHT, hasScripts);
            page.getByText("Add a source").click();
            page.locator("[name=url]").fill("http://127.0.0.1:" + other.port());
            page.locator("[name=do][value=try]").click();
            assertThat(page.locator("#plan")).containsText("1 image");
            assertThat(server.names("/images")).isEmpty();

            page.locator("[name=do][value=add]").click();
            assertThat(page.locator("#done")).containsText("source");
            await().until(() -> server.names("/images").size() == 1);

            page.locator("h2 a").click();
            page.locator("[name=do][value=remove]").click();
            assertThat(page.locator("#done")).containsText("gone");
            assertThat(page.locator("h2")).hasCount(0);
            assertThat(server.names("/images")).hasSize(1);
        }
    }

    @Test
    void saysAtTheFieldWhatIsWrongAndKeepsNobodyOut(Visitors visitors) throws IOException {
        try (TestServer server = start("own")) {
            for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                Page page = visitors.visit(server, options -> options.setColorScheme(scheme));
                Person.signIn(page, server.account("ann-" + scheme.name().charAt(0), Role.ADMIN), "/sources/new");
                Axe.assertAccessible(page, "the form of a source, " + scheme);
                visitors.expectTrouble("422 (Unprocessable");
                page.locator("[name=url]").fill("ftp://127.0.0.1");
                page.locator("[name=do][value=add]").click();
                assertThat(page.locator("[name=url]")).hasAttribute("aria-invalid", "true");
                assertThat(page.locator("[name=url]")).hasValue("ftp://127.0.0.1");
                Axe.assertAccessible(page, "a source that is refused, " + scheme);
            }
        }
    }
}
