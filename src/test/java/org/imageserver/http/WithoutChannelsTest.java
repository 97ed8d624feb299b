package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.imageserver.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server on which no channels are configured. */
class WithoutChannelsTest {
    @TempDir
    private Path directory;

    @Test
    void ignoresWhatIsSaidOfChannels() {
        try (TestServer server = TestServer.start(directory)) {
            String uuid = server.images()
                    .add(1, manifest -> manifest.putArray("channels").add("dev"));
            server.rescan();
            assertThat(server.get("/channels").statusCode()).isEqualTo(404);
            assertThat(server.names("/images?channel=x")).hasSize(1);
            assertThat(server.get("/images/" + uuid + "?channel=x", "Accept-Version", "~2")
                            .body())
                    .isEqualTo(server.get("/images/" + uuid).body())
                    .doesNotContain("channels");
            assertThat(server.get("/images").headers().firstValue("Vary")).hasValue("Accept-Encoding");
            assertThat(server.send("POST", "/channels").statusCode()).isEqualTo(404);
        }
    }
}
