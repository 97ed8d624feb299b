package org.imageserver.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.imageserver.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images on their way between channels, by commands beside a running server. */
class PromoteIT {
    private static final String CHANNELS = """
            "rescan_seconds": 0.1,
            "channels": [
              {"name": "dev", "description": "all builds", "default": true},
              {"name": "release", "description": "for everyone", "publishers": ["alice"]}]
            """;

    @TempDir
    private Path directory;

    private void assertRuns(int exitCode, String output, String... arguments) throws Exception {
        try (Launched launched = Launched.start(directory, arguments)) {
            assertThat(launched.exitCode()).as(launched.output()).isEqualTo(exitCode);
            assertThat(launched.output()).contains(output);
        }
    }

    private static void assertListed(TestServer server, String channel, String... names) {
        await().untilAsserted(() ->
                assertThat(server.names("/images?channel=" + channel)).containsExactlyInAnyOrder(names));
    }

    @Test
    void anImageComesIntoAChannelAndLeavesIt() throws Exception {
        try (TestServer server = TestServer.start(directory, CHANNELS)) {
            String uuid = server.images().add(1);
            String name = "image-00000001";
            assertRuns(0, "is in dev, release", "promote", uuid, "--to", "release", "--config", "config.json");
            assertListed(server, "release", name);
            assertListed(server, "dev", name);
            assertRuns(0, "is in dev, release", "promote", uuid, "--to", "release", "--config", "config.json");
            assertRuns(0, ") is in dev\n", "demote", uuid, "--from", "release", "--config", "config.json");
            assertListed(server, "release");
            assertRuns(
                    0,
                    ") is in release\n",
                    "promote",
                    uuid,
                    "--from",
                    "dev",
                    "--to",
                    "release",
                    "--config",
                    "config.json");
            assertListed(server, "dev");
            assertListed(server, "release", name);
            assertRuns(1, "is not in dev, but in release", "demote", uuid, "--from", "dev", "--config", "config.json");
            assertRuns(
                    1,
                    "it would be deleted. Say --to CHANNEL, or --delete",
                    "demote",
                    uuid,
                    "--from",
                    "release",
                    "--config",
                    "config.json");
            assertListed(server, "release", name);
            assertRuns(0, "is deleted", "demote", uuid, "--from", "release", "--delete", "--config", "config.json");
            assertListed(server, "*");
        }
    }

    @Test
    void anOriginComesAlongAndStaysWhileItIsNeeded() throws Exception {
        try (TestServer server = TestServer.start(directory, CHANNELS)) {
            String origin = server.images().add(1);
            String built = server.images().add(2, manifest -> manifest.put("origin", origin));
            server.rescan();
            assertRuns(
                    1,
                    "is not in channel \"release\"; add it there first, or say --with-origins",
                    "promote",
                    built,
                    "--to",
                    "release",
                    "--config",
                    "config.json");
            assertListed(server, "release");
            assertRuns(
                    0,
                    "(" + origin + ") is in dev, release\n",
                    "promote",
                    built,
                    "--to",
                    "release",
                    "--with-origins",
                    "--config",
                    "config.json");
            assertListed(server, "release", "image-00000001", "image-00000002");
            assertRuns(1, built, "demote", origin, "--from", "release", "--config", "config.json");
            assertListed(server, "release", "image-00000001", "image-00000002");
        }
    }

    @Test
    void saysWhatIsWrong() throws Exception {
        try (TestServer server = TestServer.start(directory, CHANNELS)) {
            String uuid = server.images().add(1);
            assertRuns(
                    2,
                    "there is no channel test; there are dev, release",
                    "promote",
                    uuid,
                    "--to",
                    "test",
                    "--config",
                    "config.json");
            assertRuns(1, "there is no image x", "promote", "x", "--to", "release", "--config", "config.json");
            assertRuns(2, "there are no channels", "promote", uuid, "--to", "release", "--dir", "images");
            assertRuns(2, "--to", "promote", uuid, "--config", "config.json");
        }
    }
}
