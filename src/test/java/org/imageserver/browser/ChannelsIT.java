package org.imageserver.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Path;
import org.imageserver.TestAccount;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An image on its way through channels, with a browser. */
@ExtendWith(InBrowser.class)
class ChannelsIT {
    private static final long FILE_BYTES = 1024 * 1024;

    @TempDir
    private Path directory;

    @Test
    void publishesIntoAChannelPromotesDemotesAndDeletes(Visitors visitors) throws IOException {
        Path file = directory.resolve("nice-1.0.0.zfs");
        SampleStream.writePlain(file, FILE_BYTES, 4711, "zones/nice@final");
        try (TestServer server = TestServer.start(directory, """
                "channels": [
                  {"name": "release", "description": "for everyone", "default": true},
                  {"name": "dev", "description": "all builds"}]
                """)) {
            TestAccount paula = server.account("paula", Role.PUBLISHER);
            Page page = visitors.visit(server);
            Person.signIn(page, paula, "/publish");
            page.locator("#file").setInputFiles(file);
            page.locator("#channel").selectOption("dev");
            Axe.assertAccessible(page, "the form for publishing into a channel");
            page.locator("#publish").click();
            page.locator("#result-link").click();
            assertThat(page.locator("h1")).containsText("nice");
            assertThat(server.names("/images")).isEmpty();
            assertThat(server.names("/images?channel=dev")).containsExactly("nice");

            page.getByText("Edit", new Page.GetByTextOptions().setExact(true)).click();
            page.locator("#f-description").fill("What it is for");
            page.locator("#save").click();
            assertThat(page.locator("#saved")).containsText("aved");
            page.locator("[data-add-to=release]").click();
            assertThat(page.locator("#done")).containsText("channels");
            Axe.assertAccessible(page, "the channels of an image");
            assertThat(server.names("/images")).containsExactly("nice");

            page.locator("[data-remove-from=dev]").click();
            assertThat(page.locator("[data-remove-from]")).hasCount(0);
            assertThat(server.names("/images?channel=dev")).isEmpty();
            assertThat(server.names("/images")).containsExactly("nice");

            page.locator("#delete").click();
            page.locator("#delete-really").click();
            assertThat(page.locator("#deleted")).isVisible();
            assertThat(server.names("/images?channel=*")).isEmpty();
        }
    }
}
