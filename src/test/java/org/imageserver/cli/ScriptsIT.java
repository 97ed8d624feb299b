package org.imageserver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts in {@code dist}, with commands of SmartOS that are played, and a server that is not. */
class ScriptsIT {
    private static final Path DIST = Path.of("dist").toAbsolutePath();
    private static final String MACHINE = "352971aa-31ba-496c-9ade-a379feaecd52";
    private static final Pattern UUID = Pattern.compile("(?m)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$");

    /** Snapshots are lines of a file; it writes down what it is told to do. */
    private static final String ZFS = """
            #!/bin/bash
            echo "zfs $*" >>"$PLAYED/calls"
            last=${!#}
            case $1 in
                list) grep -qxF -- "$last" "$PLAYED/datasets" ;;
                snapshot) echo "$last" >>"$PLAYED/datasets" ;;
                destroy) grep -vxF -- "$last" "$PLAYED/datasets" >"$PLAYED/rest"; mv "$PLAYED/rest" "$PLAYED/datasets" ;;
                send) cat "$STREAM"; exit "${SEND_STATUS:-0}" ;;
            esac
            """;

    private static final String VMADM = """
            #!/bin/bash
            echo "$MACHINE"
            """;

    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private Launched server;
    private int port;

    @BeforeEach
    void start() throws Exception {
        Path bin = Files.createDirectory(directory.resolve("bin"));
        script(bin.resolve("zfs"), ZFS);
        script(bin.resolve("vmadm"), VMADM);
        Files.writeString(directory.resolve("calls"), "");
        datasets("zones/" + MACHINE, "zones/" + MACHINE + "@image");
        server = Launched.start(directory, "serve", "--listen", "127.0.0.1:0");
        port = server.port();
        String token;
        try (Launched user = Launched.start(directory, "user", "add", "me", "--role", "publisher")) {
            assertThat(user.exitCode()).as(user.output()).isZero();
            Matcher matcher = Pattern.compile("(?m)^ims_\\S+$").matcher(user.output());
            assertThat(matcher.find()).isTrue();
            token = matcher.group();
        }
        environment.put("PATH", bin + ":" + System.getenv("PATH"));
        environment.put("PLAYED", directory.toString());
        environment.put("STREAM", Streams.FULL.toString());
        environment.put("MACHINE", "stopped:joyent");
        environment.put("IMAGE_SERVER_URL", "http://127.0.0.1:" + port);
        environment.put("IMAGE_SERVER_CREDENTIAL", "me:" + token);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void mkimgPublishesAStoppedZoneAndRemovesItsOwnSnapshotOnly() throws Exception {
        String description = "Größe & \"Farbe\" 100% a+b=c";
        String output = mkimg(0, MACHINE, "base", "1.0.0", description);
        JsonNode image = image(uuid(output));
        assertThat(image.path("name").asText()).isEqualTo("base");
        assertThat(image.path("description").asText()).isEqualTo(description);
        assertThat(image.path("state").asText()).isEqualTo("active");
        assertThat(image.path("files").path(0).path("compression").asText()).isEqualTo("gzip");
        assertThat(played("datasets")).isEqualTo("zones/" + MACHINE + "\nzones/" + MACHINE + "@image\n");
        assertThat(played("calls")).containsOnlyOnce("zfs destroy zones/" + MACHINE + "@mkimg-");
    }

    @Test
    void mkimgRefusesARunningZone() throws Exception {
        environment.put("MACHINE", "running:joyent");
        assertThat(mkimg(1, MACHINE, "base", "1", "d")).contains("is running; stop it first: vmadm stop " + MACHINE);
        environment.put("MACHINE", "");
        assertThat(mkimg(1, MACHINE, "base", "1", "d")).contains("there is no virtual machine");
        assertThat(played("calls")).isEmpty();
    }

    @Test
    void mkimgPublishesNothingWhenZfsSendFails() throws Exception {
        environment.put("STREAM", Streams.cut(Streams.FULL, directory).toString());
        environment.put("SEND_STATUS", "1");
        assertThat(mkimg(1, MACHINE, "base", "1", "d"))
                .contains("the server answered 400")
                .contains("zfs send failed with 1")
                .contains("nothing was published");
        assertThat(get("/images")).isEqualTo("[]");
        assertThat(played("datasets")).doesNotContain("@mkimg");
    }

    @Test
    void mkimgDoesNotTrustAnImageWhoseSenderFailedAtTheEnd() throws Exception {
        environment.put("SEND_STATUS", "3");
        assertThat(mkimg(1, MACHINE, "base", "1", "d")).contains("ended with 3 0 0: do not trust it");
    }

    @Test
    void mkimgSendsASnapshotThatIsThereAndLeavesItAlone() throws Exception {
        environment.put("MACHINE", "running:joyent");
        String output = mkimg(0, "--snapshot", "image", MACHINE, "base", "1", "d");
        assertThat(image(uuid(output)).path("name").asText()).isEqualTo("base");
        assertThat(played("calls"))
                .contains("zfs send zones/" + MACHINE + "@image")
                .doesNotContain("zfs destroy")
                .doesNotContain("zfs snapshot");
    }

    @Test
    void mkimgSendsTheDiskOfBhyve() throws Exception {
        environment.put("MACHINE", "stopped:bhyve");
        environment.put("STREAM", Streams.VOLUME.toString());
        datasets("zones/" + MACHINE, "zones/" + MACHINE + "/disk0");
        String output = mkimg(0, MACHINE, "disk", "1", "d", "-f", "os=linux");
        JsonNode image = image(uuid(output));
        assertThat(image.path("type").asText()).isEqualTo("zvol");
        assertThat(image.path("os").asText()).isEqualTo("linux");
        assertThat(played("calls")).contains("zfs snapshot zones/" + MACHINE + "/disk0@mkimg-");
    }

    @Test
    void mkimgSendsTheDifferenceToAnOrigin() throws Exception {
        environment.put("STREAM", Streams.gunzipped(Streams.ORIGIN, directory).toString());
        String origin = uuid(mkimg(0, MACHINE, "origin", "1", "d"));
        environment.put(
                "STREAM", Streams.gunzipped(Streams.INCREMENT, directory).toString());
        String uuid = uuid(mkimg(0, "--origin", origin, MACHINE, "increment", "1", "d"));
        assertThat(image(uuid).path("origin").asText()).isEqualTo(origin);
        assertThat(played("calls")).contains("zfs send -i zones/" + origin + "@final zones/" + MACHINE + "@mkimg-");
    }

    @Test
    void mkimgShowsWhatTheServerSays() throws Exception {
        environment.put("IMAGE_SERVER_CREDENTIAL", "me:wrong");
        assertThat(mkimg(1, MACHINE, "base", "1", "d")).contains("the server answered 401");
        environment.put("IMAGE_SERVER_URL", "http://127.0.0.1:1");
        assertThat(mkimg(1, MACHINE, "base", "1", "d")).contains("curl failed with 7");
        assertThat(played("datasets")).doesNotContain("@mkimg");
    }

    @Test
    void mkimgExplainsItself() throws Exception {
        assertThat(mkimg(0, "--help")).contains("Usage: mkimg", "sm-prepare-image");
        assertThat(mkimg(2, MACHINE)).contains("UUID NAME VERSION");
        assertThat(mkimg(2, "--nonsense")).contains("unknown option --nonsense");
    }

    @Test
    void importImageHasTheOldCommandLine() throws Exception {
        Path config = Files.writeString(directory.resolve("c.json"), "{\"serve_dir\": \"images\"}");
        environment.put("IMAGE_SERVER_CONFIG", config.toString());
        String output = importImage(0, "base", "1.0.0", "A minimal zone");
        assertThat(output).matches(UUID.pattern().replace("(?m)^", "").replace("$", "") + "\n");
        assertThat(directory.resolve("images").resolve(output.strip()).resolve("manifest.json"))
                .content()
                .contains("A minimal zone");
        assertThat(importImage(2, "base", "1.0.0")).contains("Usage: import-image NAME VERSION DESCRIPTION");
        assertThat(importImage(0, "--help")).contains("IMAGE_SERVER_CONFIG");
        environment.put("IMAGE_SERVER_CONFIG", "nowhere.json");
        assertThat(importImage(2, "base", "1.0.0", "d")).contains("names nowhere.json, which is no file");
    }

    private String mkimg(int exitCode, String... arguments) throws IOException, InterruptedException {
        try (Launched run = Launched.start(DIST.resolve("mkimg"), directory, environment, arguments)) {
            assertThat(run.exitCode()).as(run.output()).isEqualTo(exitCode);
            return run.output();
        }
    }

    private String importImage(int exitCode, String... arguments) throws IOException, InterruptedException {
        try (Launched run =
                Launched.fed(DIST.resolve("import-image"), Streams.FULL, directory, environment, arguments)) {
            assertThat(run.exitCode()).as(run.output()).isEqualTo(exitCode);
            return run.output();
        }
    }

    private static String uuid(String output) {
        Matcher matcher = UUID.matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        return matcher.group();
    }

    private JsonNode image(String uuid) throws IOException {
        return new JsonMapper().readTree(get("/images/" + uuid));
    }

    private String get(String path) throws IOException {
        try (InputStream body =
                URI.create("http://127.0.0.1:" + port + path).toURL().openStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void datasets(String... names) throws IOException {
        Files.writeString(directory.resolve("datasets"), String.join("\n", names) + "\n");
    }

    private String played(String file) throws IOException {
        return Files.readString(directory.resolve(file));
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
