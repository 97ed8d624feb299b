package org.imageserver.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.imageserver.TestAccount;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Repairing, retiring and deleting images with a browser. */
@ExtendWith(InBrowser.class)
class EditIT {
    @TempDir
    private Path directory;

    private TestServer server;
    private TestAccount owner;
    private String base;
    private String derived;

    @BeforeEach
    void start() {
        server = TestServer.start(directory);
        owner = server.account("otto", Role.PUBLISHER);
        base = server.images().add(1, manifest -> manifest.put("name", "base").put("owner", owner.uuid()));
        derived = server.images()
                .add(
                        2,
                        manifest -> manifest.put("name", "derived")
                                .put("owner", owner.uuid())
                                .put("origin", base));
        server.rescan();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void changesFieldsAndSaysAtTheFieldWhatIsWrong(Visitors visitors) {
        Page page = edit(visitors, base);
        page.locator("#f-description").fill("What it is for");
        page.locator("#f-tags").fill("role=db\ngroup=base");
        page.locator("#save").click();
        assertThat(page.locator("#saved")).containsText("aved");
        assertThat(TestServer.json(server.get("/images/" + base))
                        .path("tags")
                        .path("group")
                        .asText())
                .isEqualTo("base");
        visitors.expectTrouble("422 (Unprocessable");
        page.locator("#f-homepage").fill("ftp://example.com");
        page.locator("#save").click();
        assertThat(page.locator(".field", new Page.LocatorOptions().setHas(page.locator("#f-homepage"))))
                .containsText("homepage");
        Axe.assertAccessible(page, "the form for editing");
    }

    @Test
    void disablesAndEnables(Visitors visitors) {
        Page page = edit(visitors, derived);
        page.locator("#disable").click();
        assertThat(page.locator("#state-name")).hasText("disabled");
        assertThat(server.names("/images")).containsExactly("base");
        page.locator("#enable").click();
        assertThat(page.locator("#state-name")).hasText("active");
        assertThat(server.names("/images")).containsExactlyInAnyOrder("base", "derived");
    }

    @Test
    void doesNotDeleteWhatOthersAreBuiltOnAndNamesThem(Visitors visitors) {
        Page page = edit(visitors, base);
        assertThat(page.locator("#dependents")).containsText("derived");
        assertThat(page.locator("#delete")).isDisabled();
        Axe.assertAccessible(page, "what depends on it");
    }

    @Test
    void deletesAfterAskingOnce(Visitors visitors) {
        Page page = edit(visitors, derived);
        page.locator("#delete").click();
        page.locator("#delete-not").click();
        assertThat(page.locator("#delete-confirm")).isHidden();
        page.locator("#delete").click();
        Axe.assertAccessible(page, "the question");
        page.locator("#delete-really").click();
        assertThat(page.locator("#deleted")).isVisible();
        assertThat(server.names("/images")).containsExactly("base");
    }

    /** Somebody published an image on it after the page was opened. */
    @Test
    void isToldByTheServerWhatHasComeMeanwhile(Visitors visitors) {
        Page page = edit(visitors, derived);
        visitors.expectTrouble("(Unprocessable");
        server.images().add(3, manifest -> manifest.put("name", "latecomer").put("origin", derived));
        server.rescan();
        page.locator("#delete").click();
        page.locator("#delete-really").click();
        assertThat(page.locator("#delete-error")).isVisible();
        assertThat(server.names("/images")).contains("derived");
    }

    @Test
    void givesAnImageAnIconAndTakesItAway(Visitors visitors) throws IOException {
        Path icon = Files.write(directory.resolve("icon.png"), SampleIcon.png("layers", "base"));
        Page page = edit(visitors, base);
        page.locator("#icon-file").setInputFiles(icon);
        assertThat(page.locator("#icon-picture")).isVisible();
        assertThat(page.locator("#icon-picture").evaluate("image => image.naturalWidth"))
                .isEqualTo(128);
        page.locator("#icon-remove").click();
        assertThat(page.locator("#icon-picture")).hasCount(0);
    }

    @Test
    void letsNobodyElseEdit(Visitors visitors) {
        TestAccount other = server.account("olga", Role.PUBLISHER);
        Page page = visitors.visit(server);
        Person.signIn(page, other, "/i/" + base + "/edit");
        assertThat(page.locator("#not-owner")).containsText("olga");
        assertThat(page.locator("#edit-form")).hasCount(0);
    }

    private Page edit(Visitors visitors, String uuid) {
        Page page = visitors.visit(server);
        Person.signIn(page, owner, "/i/" + uuid + "/edit");
        return page;
    }
}
