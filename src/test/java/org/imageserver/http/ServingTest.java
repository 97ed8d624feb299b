package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.imageserver.RawConnection;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory with an image, asked over both kinds of sockets. */
class ServingTest {
    @TempDir
    private Path directory;

    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        Files.createDirectories(directory.resolve("images"));
        server = TestServer.start(directory);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void servesAnImageDroppedInByHand() {
        String uuid = server.images().add(1);
        server.rescan();
        assertThat(server.names("/images")).containsExactly("image-00000001");
        assertThat(server.get("/images/" + uuid + "/file").body()).isEqualTo("bytes of " + uuid);
    }

    @Test
    void servesOverAUnixSocket() throws IOException {
        String uuid = server.images().add(1);
        server.rescan();
        try (RawConnection connection = RawConnection.unix(server.socket())) {
            RawConnection.Answer answer = connection
                    .send("GET /images/" + uuid + "/file HTTP/1.1\r\nHost: x\r\n\r\n")
                    .read();
            assertThat(answer.text()).isEqualTo("bytes of " + uuid);
        }
    }
}
