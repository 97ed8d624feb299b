package org.imageserver.browser;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.playwright.Page;
import java.nio.file.Path;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The other tests of this package would notice what a page does wrong. */
@ExtendWith(InBrowser.class)
class HarnessIT {
    @TempDir
    private Path directory;

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(directory);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void noticesWhatThePolicyForbids(Visitors visitors) {
        Page page = visitors.visit(server);
        page.navigate("/docs");
        visitors.expectTrouble("Content Security Policy");
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">red</p>')");
    }

    @Test
    void noticesARequestToAnotherHost(Visitors visitors) {
        Page page = visitors.visit(server);
        page.navigate("/docs");
        visitors.expectTrouble("request to another host: http://127.0.0.1:1/");
        assertThatThrownBy(() -> page.navigate("http://127.0.0.1:1/")).hasMessageContaining("ERR_");
    }

    @Test
    void noticesWhatAPageThrows(Visitors visitors) {
        Page page = visitors.visit(server);
        page.navigate("/docs");
        visitors.expectTrouble("page error: Error: a fault");
        // Answered after it was thrown, so that it is heard first.
        page.evaluate("new Promise(done => setTimeout(() => { setTimeout(done, 0); throw new Error('a fault'); }, 0))");
    }

    @Test
    void noticesADialog(Visitors visitors) {
        Page page = visitors.visit(server);
        page.navigate("/docs");
        visitors.expectTrouble("dialog alert: 1");
        page.evaluate("alert(1)");
    }

    @Test
    void noticesWhatAPersonCannotRead(Visitors visitors) {
        Page page = visitors.visit(server);
        page.navigate("/docs");
        page.evaluate("document.body.append(document.createElement('input'))");
        assertThatThrownBy(() -> Axe.assertAccessible(page, "docs"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("label (critical)");
    }
}
