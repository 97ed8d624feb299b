package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusPageTest {
    @TempDir
    Path directory;

    @Test
    void showsHowMuchThereIsAndWhatIsDownloaded() {
        try (TestServer server = TestServer.start(directory)) {
            String uuid = server.images().add(1, manifest -> manifest.put("name", "often"));
            server.rescan();
            assertThat(server.getBytes("/images/" + uuid + "/file").statusCode())
                    .isEqualTo(200);
            await().until(() -> server.get("/status").body().contains("/i/" + uuid));
            assertThat(server.get("/status").body())
                    .contains("<strong>1</strong> images")
                    .contains("often 1.0.0")
                    .contains("Downloads a day");
        }
    }

    @Test
    void tellsOnlyAdministratorsWhatMayNameAPrivateImage() {
        try (TestServer server = TestServer.start(directory)) {
            server.images().put("11111111-0000-4000-8000-000000000000", "manifest.json", "{\"secret-name\"");
            server.rescan();
            String admin = server.account("boss", Role.ADMIN).basic();
            String publisher = server.account("paul", Role.PUBLISHER).basic();
            assertThat(server.get("/status").body())
                    .contains("1 directories hold no image")
                    .doesNotContain("11111111-0000");
            assertThat(server.get("/status", "Authorization", publisher).body()).doesNotContain("11111111-0000");
            assertThat(server.get("/status", "Authorization", admin).body())
                    .contains("11111111-0000")
                    .contains("Slowest requests");
        }
    }

    @Test
    void showsWhatAnImageIsNamedAsText() {
        try (TestServer server = TestServer.start(directory)) {
            String uuid = server.images()
                    .add(
                            1,
                            manifest -> manifest.put("name", "<script>alert(1)</script>")
                                    .put("os", "<b>os"));
            server.rescan();
            server.getBytes("/images/" + uuid + "/file");
            await().until(() -> server.get("/status").body().contains("&lt;script&gt;alert(1)"));
            assertThat(server.get("/status").body())
                    .doesNotContain("<script>alert")
                    .doesNotContain("<b>os");
        }
    }
}
