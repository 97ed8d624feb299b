package org.imageserver.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code image-server import}, through the launcher. */
class ImportIT {
    private static final String UUID = "352971aa-31ba-496c-9ade-a379feaecd52";
    private static final String UUID_LINE = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n";

    @TempDir
    private Path directory;

    private Path images;

    @BeforeEach
    void makeTheDirectory() throws IOException {
        images = Files.createDirectory(directory.resolve("images"));
    }

    @Test
    void printsTheUuidAloneAndFillsInWhatTheStreamTells() throws Exception {
        String output = run(0, Streams.FULL, "import", "base", "1.0.0", "A minimal zone", "--set", "tags={\"a\":1}");
        assertThat(output).matches(UUID_LINE);
        JsonNode manifest = manifest(output.strip());
        assertThat(manifest.path("name").asText()).isEqualTo("base");
        assertThat(manifest.path("description").asText()).isEqualTo("A minimal zone");
        assertThat(manifest.path("type").asText()).isEqualTo("zone-dataset");
        assertThat(manifest.path("state").asText()).isEqualTo("active");
        assertThat(manifest.path("tags").path("a").asInt()).isEqualTo(1);
        assertThat(manifest.path("files").path(0).path("dataset_guid").asText()).matches("\\d+");
        try (Launched check = Launched.start(directory, "verify", "images")) {
            assertThat(check.exitCode()).as(check.output()).isZero();
        }
    }

    @Test
    void importsAVolume() throws Exception {
        String uuid = run(0, Streams.VOLUME, "import", "disk", "1", "A disk", "--set", "os=linux")
                .strip();
        JsonNode manifest = manifest(uuid);
        assertThat(manifest.path("type").asText()).isEqualTo("zvol");
        assertThat(manifest.path("os").asText()).isEqualTo("linux");
        assertThat(manifest.path("image_size").asLong()).isPositive();
    }

    @Test
    void buildsAnIncrementOnItsOriginOnly() throws Exception {
        assertThat(run(1, Streams.INCREMENT, "import", "increment", "1", ""))
                .contains("The stream is incremental and needs the snapshot of guid");
        String other = run(0, Streams.FULL, "import", "other", "1", "").strip();
        assertThat(run(1, Streams.INCREMENT, "import", "increment", "1", "", "--origin", other))
                .contains("but that of the origin is");
        assertThat(run(1, Streams.INCREMENT, "import", "increment", "1", "", "--origin", UUID))
                .contains("origin image \"" + UUID + "\" does not exist");
        String origin = run(0, Streams.ORIGIN, "import", "origin", "1", "").strip();
        String uuid = run(0, Streams.INCREMENT, "import", "increment", "1", "", "--origin", origin)
                .strip();
        assertThat(manifest(uuid).path("origin").asText()).isEqualTo(origin);
    }

    @Test
    void refusesADamagedStreamAndLeavesNothing() throws Exception {
        assertThat(run(1, Streams.cut(Streams.FULL, directory), "import", "base", "1", "d"))
                .startsWith("image-server: ")
                .contains("The stream is cut short: ", " It ends after 105280 bytes, ");
        assertThat(files()).isEmpty();
    }

    @Test
    void refusesAManifestThatBreaksTheRules() throws Exception {
        assertThat(run(1, Streams.FULL, "import", "base", "1", "d", "--set", "colour=red"))
                .contains("invalid extra parameters: \"colour\"");
        assertThat(run(1, Streams.FULL, "import", "base", "1", "d", "--set", "os=solaris"))
                .contains("invalid image data: os");
        assertThat(files()).isEmpty();
    }

    @Test
    void saysHowItIsUsed() throws Exception {
        assertThat(run(2, Streams.FULL, "import", "base")).contains("NAME VERSION DESCRIPTION");
        assertThat(run(2, Streams.FULL, "import", "base", "1", "d", "--dir", "nowhere"))
                .contains("nowhere is no directory");
        assertThat(run(2, Streams.FULL, "import", "base", "1", "d", "--config", "missing.json"))
                .contains("no such file");
        assertThat(run(2, Streams.FULL, "import", "--manifest", "missing.json")).contains("missing.json: no such file");
    }

    @Test
    void leavesNothingWhenItIsStoppedWhileTheSenderGoesOn() throws Exception {
        try (Launched run = Launched.start(directory, "import", "any", "1", "d", "--set", "type=other")) {
            run.write(new byte[2 * 1024 * 1024]);
            await().until(() -> !files().isEmpty());
            assertThat(run.signal("TERM").exitCode()).isEqualTo(1);
            assertThat(run.output()).contains("interrupted; nothing was published");
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void takesWhatImgadmCreateWroteAndKeepsUuidAndDate() throws Exception {
        Path manifest = Files.writeString(directory.resolve("base.imgmanifest"), """
                {"v": 2, "uuid": "%s", "owner": "00000000-0000-0000-0000-000000000000", "name": "base",
                 "version": "1.0.0", "state": "active", "disabled": false, "public": true,
                 "published_at": "2026-01-02T03:04:05.678Z", "type": "zone-dataset", "os": "smartos",
                 "files": [{"sha1": "%s", "size": %d, "compression": "none"}]}
                """.formatted(
                        UUID, sha1(Streams.FULL), Files.size(Streams.FULL)));
        String[] command = {
            "import", "--manifest", manifest.toString(), "--file", Streams.FULL.toString(), "--dir", "images"
        };
        assertThat(run(0, Streams.FULL, command)).isEqualTo(UUID + "\n");
        assertThat(manifest(UUID).path("published_at").asText()).isEqualTo("2026-01-02T03:04:05.678Z");
        List<Path> before = files();
        assertThat(run(1, Streams.FULL, command)).contains("image uuid \"" + UUID + "\" already exists");
        assertThat(files()).isEqualTo(before);
        command[4] = Streams.VOLUME.toString();
        assertThat(run(1, Streams.FULL, command)).contains("but the manifest says");
    }

    @Test
    void aRunningServerSeesIt() throws Exception {
        try (Launched server = Launched.start(directory, "serve", "--listen", "127.0.0.1:0")) {
            int port = server.port();
            String uuid = run(0, Streams.FULL, "import", "base", "1", "d").strip();
            await().until(() -> get(port, "/images").contains(uuid));
        }
    }

    private String run(int exitCode, Path input, String... arguments) throws IOException, InterruptedException {
        try (Launched run = Launched.fed(input, directory, arguments)) {
            assertThat(run.exitCode()).as(run.output()).isEqualTo(exitCode);
            return run.output();
        }
    }

    private JsonNode manifest(String uuid) throws IOException {
        return new JsonMapper()
                .readTree(images.resolve(uuid).resolve("manifest.json").toFile());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(images)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private String sha1(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(Files.readAllBytes(file)));
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .build();
            return client.send(request, BodyHandlers.ofString()).body();
        }
    }
}
