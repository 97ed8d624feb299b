package org.imageserver.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.LoadState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Finding an image in the list, by typing, by facets, by the keyboard, with and without JavaScript. */
@ExtendWith(InBrowser.class)
class ListIT {
    @TempDir
    private static Path directory;

    private static TestServer server;

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(directory);
        SampleCatalogue.fill(server.images().directory(), 8_000);
        server.rescan();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void findsByTypingAndGoesBack(Visitors visitors) {
        Page page = open(visitors, "/");
        int all = rows(page).count();
        assertThat(all).isGreaterThan(10);
        search(page).pressSequentially("postgresql 16");
        assertThat(names(page)).hasText(new String[] {"timescaledb", "postgresql-16"});
        assertThat(page).hasURL(Pattern.compile("[?&]q=postgresql(\\+|%20)16"));
        assertThat(page.getByRole(AriaRole.STATUS).first()).containsText("2");
        page.goBack();
        assertThat(rows(page)).hasCount(all);
        assertThat(search(page)).hasValue("");
        assertThat(page).hasURL("/");
    }

    @Test
    void findsAUuid(Visitors visitors) {
        Page page = open(visitors, "/");
        String copied = rows(page).first().getByRole(AriaRole.BUTTON).getAttribute("data-copy");
        search(page).fill(copied.substring(copied.length() - 36));
        assertThat(rows(page)).hasCount(1);
    }

    @Test
    void filtersByFacetsKeepsThemInTheAddressAndTakesThemAway(Visitors visitors) {
        Page page = open(visitors, "/");
        int all = rows(page).count();
        choice(page, "linux").check();
        assertThat(page).hasURL(Pattern.compile("[?&]os=linux"));
        assertThat(rows(page).filter(new Locator.FilterOptions().setHasNotText("linux")))
                .hasCount(0);
        assertThat(rows(page)).hasCount(6);
        choice(page, "zvol").check();
        assertThat(page).hasURL(Pattern.compile("[?&]type=zvol"));
        assertThat(names(page)).hasText(new String[] {"debian-13", "ubuntu-certified-24.04"});
        page.reload();
        assertThat(names(page)).hasText(new String[] {"debian-13", "ubuntu-certified-24.04"});
        page.locator(".chips").getByText("linux").click();
        assertThat(names(page)).containsText(new String[] {"debian-13", "freebsd-14"});
        page.getByText("Show all").click();
        assertThat(rows(page)).hasCount(all);
        assertThat(page.locator(".chips")).hasCount(0);
    }

    @Test
    void showsEveryVersionOfANameAndEveryImage(Visitors visitors) {
        Page page = open(visitors, "/");
        int allNames = rows(page).count();
        page.getByText("Every image").click();
        assertThat(page).hasURL(Pattern.compile("view=images"));
        assertThat(rows(page)).hasCount(server.names("/images").size());
        page.getByText("By name").click();
        assertThat(rows(page)).hasCount(allNames);
        Locator base = rows(page).filter(new Locator.FilterOptions().setHas(page.getByText("base-64-lts", exact())));
        assertThat(base).containsText("24.4.1");
        base.locator("a.others").click();
        assertThat(page).hasURL(Pattern.compile("/n/base-64-lts|name=base-64-lts"));
        assertThat(page.locator("main")).containsText("21.4.1");
    }

    @Test
    void sortsBySize(Visitors visitors) {
        Page page = open(visitors, "/");
        Locator size = page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName("Size"));
        size.click();
        assertThat(page).hasURL(Pattern.compile("sort=size"));
        assertThat(page.locator("th[aria-sort=descending]")).containsText("Size");
        assertThat(names(page).first()).hasText("ubuntu-certified-24.04");
        size.click();
        assertThat(page.locator("th[aria-sort=ascending]")).containsText("Size");
        assertThat(names(page).last()).hasText("ubuntu-certified-24.04");
    }

    @Test
    void searchesAndFiltersWithoutJavaScript(Visitors visitors) {
        Page page = visitors.visit(server, options -> options.setJavaScriptEnabled(false));
        page.navigate("/");
        choice(page, "linux").check();
        search(page).fill("bookworm");
        search(page).press("Enter");
        assertThat(names(page)).hasText(new String[] {"debian-12"});
        assertThat(page.locator("button.copy:visible")).hasCount(0);
        names(page).first().click();
        assertThat(page.locator("h1")).containsText("debian-12");
    }

    @Test
    void copiesTheCommandThatImports(Visitors visitors) {
        Page page =
                visitors.visit(server, options -> options.setPermissions(List.of("clipboard-read", "clipboard-write")));
        page.navigate("/");
        Locator button = rows(page).first().getByRole(AriaRole.BUTTON);
        button.click();
        assertThat(page.getByText("Copied", exact())).isAttached();
        assertThat(page.evaluate("navigator.clipboard.readText()"))
                .isEqualTo(button.getAttribute("data-copy"))
                .asString()
                .matches("imgadm import -S http://127\\.0\\.0\\.1:\\d+ [0-9a-f-]{36}");
    }

    /** On plain http, browsers give scripts no clipboard; this is how most people reach an image server. */
    @Test
    void copiesOnPlainHttpToo(Visitors visitors) {
        Page page = visitors.visitOverNetwork(server);
        page.navigate("/");
        assertThat(page.evaluate("window.isSecureContext")).isEqualTo(false);
        Locator button = rows(page).first().getByRole(AriaRole.BUTTON);
        button.click();
        assertThat(page.getByText("Copied", exact())).isAttached();
        search(page).focus();
        page.keyboard().press("Control+V");
        assertThat(search(page)).hasValue(button.getAttribute("data-copy"));
        assertThat(button.getAttribute("data-copy")).contains("http://" + Chromium.PLAIN_HOST);
    }

    @Test
    void isUsedWithTheKeyboardAlone(Visitors visitors) {
        Page page = open(visitors, "/");
        page.keyboard().press("/");
        assertThat(search(page)).isFocused();
        page.keyboard().type("openbsd");
        assertThat(names(page)).hasText(new String[] {"openbsd-7"});
        for (int i = 0; i < 30 && !isFocused(names(page).first()); i++) {
            page.keyboard().press("Tab");
        }
        page.keyboard().press("Enter");
        assertThat(page.locator("h1")).containsText("openbsd-7");
    }

    @Test
    void saysThatNothingMatches(Visitors visitors) {
        Page page = open(visitors, "/");
        search(page).fill("no such thing");
        assertThat(rows(page)).hasCount(0);
        assertThat(page.locator("main")).containsText("no such thing");
        Axe.assertAccessible(page, "nothing found");
    }

    @Test
    void saysThatTheServerDoesNotAnswer(Visitors visitors) throws IOException {
        try (BadLine line = BadLine.to(server.port())) {
            Page page = visitors.visit(line.address(), options -> {});
            page.navigate("/");
            page.waitForLoadState(LoadState.NETWORKIDLE);
            line.goAway();
            visitors.expectTrouble("net::ERR_CONNECTION_REFUSED");
            visitors.expectTrouble("htmx:sendError");
            visitors.expectTrouble("htmx:afterRequest");
            search(page).fill("x");
            assertThat(page.getByText("The server did not answer")).isVisible();
        }
    }

    private static Page open(Visitors visitors, String path) {
        Page page = visitors.visit(server);
        page.navigate(path);
        return page;
    }

    private static Locator search(Page page) {
        return page.getByRole(AriaRole.SEARCHBOX);
    }

    private static Locator rows(Page page) {
        return page.locator("table.images tbody tr");
    }

    private static Locator names(Page page) {
        return rows(page).locator("a.name");
    }

    private static Locator choice(Page page, String value) {
        return page.locator("#search input[type=checkbox][value=" + value + "]");
    }

    private static Page.GetByTextOptions exact() {
        return new Page.GetByTextOptions().setExact(true);
    }

    private static boolean isFocused(Locator locator) {
        return (Boolean) locator.evaluate("element => element === document.activeElement");
    }
}
