package org.imageserver.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.LoadState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a first look at the server costs a slow line, and a second one. */
@ExtendWith(InBrowser.class)
class FirstVisitIT {
    private static final int KIBIBYTE = 1024;

    @TempDir
    private Path directory;

    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start(directory);
        SampleCatalogue.fill(server.images().directory(), 1);
        server.rescan();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void isSmallAndTheSecondIsSmaller(Visitors visitors) {
        Page page = visitors.visit(server);
        List<Request> requests = new ArrayList<>();
        page.onRequestFinished(requests::add);
        page.navigate("/");
        page.waitForLoadState(LoadState.NETWORKIDLE);
        List<Request> own = withoutIcons(requests);
        assertThat(own).as("requests of the first visit").hasSizeLessThanOrEqualTo(7);
        assertThat(bytes(own)).as("bytes of the first visit").isLessThan(50 * KIBIBYTE);
        requests.clear();
        page.navigate("/n/base-64-lts");
        page.waitForLoadState(LoadState.NETWORKIDLE);
        assertThat(bytes(withoutIcons(requests))).as("bytes of another page").isLessThan(10 * KIBIBYTE);
    }

    private static List<Request> withoutIcons(List<Request> requests) {
        return requests.stream()
                .filter(request -> !request.url().endsWith("/icon"))
                .toList();
    }

    private static long bytes(List<Request> requests) {
        return requests.stream()
                .mapToLong(request -> Math.max(0, request.sizes().responseBodySize))
                .sum();
    }
}
