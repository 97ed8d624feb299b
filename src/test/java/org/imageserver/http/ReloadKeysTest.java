package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.imageserver.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** AdminReloadAuthKeys. */
class ReloadKeysTest {
    @TempDir
    private Path directory;

    @Test
    void readsTheKeysAgainAndNamesTheLinesThatCannotBeUsed() throws IOException {
        try (TestServer server = TestServer.start(directory, "\"anonymous_writes\": true, \"keys_dir\": \"keys\"")) {
            assertThat(server.send("POST", "/authkeys/reload").body()).isEqualTo("{}");
            Path keys = Files.createDirectories(directory.resolve("keys"));
            Files.writeString(keys.resolve("jill.keys"), "# jill\nssh-rsa\n");
            HttpResponse<String> answer = server.send("POST", "/authkeys/reload");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(TestServer.json(answer).at("/problems/0").asText()).contains("jill.keys line 2");
        }
    }
}
