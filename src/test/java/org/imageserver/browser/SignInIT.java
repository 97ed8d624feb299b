package org.imageserver.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.imageserver.TestAccount;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Signing in and out with a browser, and what other sites cannot do with somebody's session. */
@ExtendWith(InBrowser.class)
class SignInIT {
    @TempDir
    private Path directory;

    private TestServer server;
    private TestAccount alice;
    private String image;

    @BeforeEach
    void start() {
        server = TestServer.start(directory);
        alice = server.account("alice", Role.ADMIN);
        image = server.images().add(1);
        server.rescan();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void signsInGoesOnWhereItWasWantedAndSignsOutAgain(Visitors visitors) {
        Page page = visitors.visit(server);
        page.navigate("/sign-in?next=/docs");
        Person.fillIn(page, "alice", alice.token());
        page.waitForURL("/docs");
        assertThat(page.locator("header")).containsText("alice");
        assertThat(page.evaluate("document.cookie")).as("what a script can see").isEqualTo("");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign out"))
                .click();
        assertThat(page.locator("header")).containsText("Sign in");
        page.navigate("/docs");
        assertThat(page.locator("header")).not().containsText("alice");
    }

    @Test
    void saysThatTheTokenIsWrongAndKeepsTheName(Visitors visitors) {
        Page page = visitors.visit(server);
        visitors.expectTrouble("403 (Forbidden) at");
        page.navigate("/sign-in");
        Person.fillIn(page, "alice", "ims_wrong");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("no such account with this token");
        assertThat(page.locator("#name")).hasValue("alice");
        assertThat(page.locator("#token")).hasValue("");
        Axe.assertAccessible(page, "the refusal");
    }

    @Test
    void signsInWithoutJavaScriptAndWithTheKeyboardAlone(Visitors visitors) {
        Page page = visitors.visit(server, options -> options.setJavaScriptEnabled(false));
        page.navigate("/sign-in?next=/docs");
        page.locator("#name").focus();
        page.keyboard().type("alice");
        page.keyboard().press("Tab");
        page.keyboard().type(alice.token());
        page.keyboard().press("Enter");
        page.waitForURL("/docs");
        assertThat(page.locator("header")).containsText("alice");
    }

    @Test
    void aScriptThatDoesNotKnowTheProofChangesNothing(Visitors visitors) {
        Page page = visitors.visit(server);
        Person.signIn(page, alice, "/docs");
        visitors.expectTrouble("403 (Forbidden) at");
        Object answer = page.evaluate("""
                async path => {
                    const answer = await fetch(path, {method: 'POST', headers: {'X-CSRF-Token': 'guessed'}});
                    return answer.status + ' ' + await answer.text();
                }
                """, "/images/" + image + "?action=disable");
        assertThat(String.valueOf(answer)).startsWith("403 ").contains("InvalidCsrfToken");
        assertThat(server.names("/images")).hasSize(1);
    }

    /** Another port of this very host is the same site to a browser, which so sends the cookie along. */
    @Test
    void anotherServerOnTheSameHostCannotActForWhoIsSignedIn(Visitors visitors) throws IOException {
        Page page = visitors.visit(server);
        Person.signIn(page, alice, "/docs");
        HttpServer attacker = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        attacker.createContext("/", exchange -> {
            byte[] html = """
                    <!doctype html><title>Prizes</title><link rel="icon" href="data:,">
                    <form method="post" action="%s"><button>Click here</button></form>
                    """.formatted(server.uri("/images/" + image + "?action=disable"))
                    .getBytes(UTF_8);
            exchange.sendResponseHeaders(200, html.length);
            exchange.getResponseBody().write(html);
            exchange.close();
        });
        attacker.start();
        try {
            String prizes = "http://127.0.0.1:" + attacker.getAddress().getPort() + "/";
            visitors.expectTrouble("request to another host: " + prizes);
            visitors.expectTrouble("403 (Forbidden) at");
            page.navigate(prizes);
            page.getByRole(AriaRole.BUTTON).click();
            assertThat(page.locator("body")).containsText("InvalidCsrfToken");
        } finally {
            attacker.stop(0);
        }
        assertThat(server.names("/images")).hasSize(1);
    }
}
