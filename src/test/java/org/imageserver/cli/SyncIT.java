package org.imageserver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.imageserver.TestImages;
import org.imageserver.mirror.FaultyUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code image-server sync}, through the launcher, as somebody meets it who has nothing yet. */
class SyncIT {
    @TempDir
    private Path directory;

    private String run(int exitCode, String... arguments) throws Exception {
        try (Launched run = Launched.start(directory, arguments)) {
            assertThat(run.exitCode()).as(run.output()).isEqualTo(exitCode);
            return run.output();
        }
    }

    private void configure(String url) throws Exception {
        Files.writeString(directory.resolve("config.json"), """
                {
                  "serve_dir": "images",
                  "sources": [{
                    "url": "%s",
                    "policy": "mirror",
                    "filter": {"name": "~-lts", "os": "smartos"},
                    "newest": 2
                  }]
                }
                """.formatted(url));
    }

    private static byte[] file(int number) {
        return ("file " + number).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void bringsTheNewestTwoOfEachLtsImageToAnEmptyMachine() throws Exception {
        try (FaultyUpstream upstream = new FaultyUpstream()) {
            for (int number = 1; number <= 9; number += 3) {
                upstream.add(number, "base-64-lts", file(number));
                upstream.add(number + 1, "minimal-64-lts", file(number + 1));
                upstream.add(number + 2, "base-64", file(number + 2));
            }
            configure(upstream.url());
            assertThat(run(0, "sync", "--config", "config.json", "--dry-run"))
                    .contains("to bring 4 images, 24 bytes; here already 0")
                    .contains(TestImages.uuid(4), TestImages.uuid(5), TestImages.uuid(7), TestImages.uuid(8))
                    .doesNotContain(TestImages.uuid(1), TestImages.uuid(2), TestImages.uuid(3), TestImages.uuid(9));
            assertThat(upstream.fetches(TestImages.uuid(4))).isZero();
            assertThat(run(0, "sync", "--config", "config.json"))
                    .contains("brought base-64-lts 1.0.0 (" + TestImages.uuid(4) + ")")
                    .contains(TestImages.uuid(5), TestImages.uuid(7), TestImages.uuid(8));
            assertThat(run(0, "check", "images")).contains("images that can be served: 4, problems: 0");
            assertThat(run(0, "sync", "--config", "config.json")).contains("to bring 0 images", "here already 4");
            assertThat(upstream.fetches(TestImages.uuid(4))).isOne();
        }
    }

    @Test
    void bringsWhatTheServerWasToldWhileItRan() throws Exception {
        try (FaultyUpstream upstream = new FaultyUpstream()) {
            String uuid = upstream.add(1, "base", file(1));
            Files.writeString(directory.resolve("config.json"), "{\"serve_dir\": \"images\"}");
            Path hidden = Files.createDirectories(directory.resolve("images/.image-server"));
            Path own = hidden.resolve("sources.json");
            Files.writeString(own, "{\"sources\": [{\"url\": \"" + upstream.url() + "\"}]}");
            assertThat(run(0, "sync", "--config", "config.json")).contains("brought base 1.0.0 (" + uuid + ")");
            Files.writeString(own, "{\"sources\": [{\"url\": \"" + upstream.url() + "\", \"credentials\": 5}]}");
            assertThat(run(2, "sync", "--config", "config.json"))
                    .contains("sources.json line 1", "\"credentials\" must be a text");
        }
    }

    /** The name leads nowhere, so only the proxy can have answered. */
    @Test
    void goesByTheProxyOfTheEnvironment() throws Exception {
        try (FaultyUpstream upstream = new FaultyUpstream()) {
            String uuid = upstream.add(1, "base-64-lts", file(1));
            configure("http://images.example.invalid");
            Path launcher = Path.of("image-server").toAbsolutePath();
            Map<String, String> environment = Map.of("HTTP_PROXY", upstream.url());
            try (Launched run = Launched.start(launcher, directory, environment, "sync", "--config", "config.json")) {
                assertThat(run.exitCode()).as(run.output()).isZero();
                assertThat(run.output()).contains("brought base-64-lts 1.0.0 (" + uuid + ")");
            }
        }
    }

    @Test
    void saysWhatIsWrong() throws Exception {
        try (FaultyUpstream upstream = new FaultyUpstream()) {
            configure(upstream.url());
            assertThat(run(2, "sync", "http://127.0.0.1:1", "--config", "config.json"))
                    .contains("no source in config.json, or given to the server", "http://127.0.0.1:1");
        }
        assertThat(run(1, "sync", "--config", "config.json")).contains("127.0.0.1", "connection refused");
    }
}
