package org.imageserver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.imageserver.TestImages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code image-server verify}, through the launcher. */
class VerifyIT {
    private static final String SAMPLE = "0a6c2a7e-5a4d-4e1b-9c57-3b6f2d1c8e90";

    @TempDir
    private Path directory;

    @Test
    void showsWhatAStreamHolds() throws Exception {
        assertThat(run(0, Streams.ORIGIN, "verify", Streams.ORIGIN.toString()))
                .startsWith(Streams.ORIGIN + ": intact\n")
                .contains("snapshot  fp/fs@a, made 2026-11-22T19:53:47Z")
                .contains("fromguid  none")
                .contains("type      filesystem")
                .contains("156196 bytes (gzip), inflated 270536")
                .contains("sha1      e54126951dce186a5b74dd7bcaf819fda6362fd0");
        assertThat(run(0, Streams.FULL, "verify", Streams.VOLUME.toString(), Streams.INCREMENT.toString()))
                .containsPattern("type      volume of \\d+ bytes")
                .contains("fromguid  " + Long.parseUnsignedLong("2ef77897bf601fe0", 16));
    }

    @Test
    void saysInOneLineEachWhatIsWrong() throws Exception {
        Path cut = Streams.cut(Streams.FULL, directory);
        Path text = Files.writeString(directory.resolve("page.html"), "<html>not found</html>");
        String output = run(1, Streams.FULL, "verify", cut.toString(), text.toString(), "missing.zfs");
        assertThat(output.lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith(cut + ": ") && line.contains(" It ends after 105280 bytes, "))
                .anyMatch(line -> line.startsWith(text + ": "))
                .anyMatch(line -> line.equals("missing.zfs: cannot be read: no such file"));
    }

    @Test
    void readsTheStandardInputAndAnswersInJson() throws Exception {
        JsonNode answer = new JsonMapper().readTree(run(0, Streams.ORIGIN, "verify", "--json", "-"));
        assertThat(answer).hasSize(1);
        JsonNode stream = answer.get(0);
        assertThat(stream.path("ok").asBoolean()).isTrue();
        assertThat(stream.path("guid").isTextual()).isTrue();
        assertThat(stream.path("fromguid").isNull()).isTrue();
        assertThat(stream.path("type").asText()).isEqualTo("filesystem");
        assertThat(stream.path("size").asLong()).isEqualTo(156_196);
        JsonNode bad = new JsonMapper()
                .readTree(run(1, Streams.cut(Streams.FULL, directory), "verify", "--json", "-"))
                .get(0);
        assertThat(bad.path("ok").asBoolean(true)).isFalse();
        assertThat(bad.path("problems")).hasSize(1);
    }

    @Test
    void refusesWhatMakesNoImage() throws Exception {
        Path raw = Streams.FULL.resolveSibling("enc-raw.zfs");
        assertThat(run(1, Streams.FULL, "verify", raw.toString())).contains("The stream is encrypted");
    }

    @Test
    void verifiesEveryImageOfADirectory() throws Exception {
        Path images = Files.createDirectory(directory.resolve("images"));
        TestImages others = new TestImages(images);
        others.put(TestImages.uuid(2), "manifest.json", "{ not json");
        String other = others.add(3, manifest -> manifest.put("type", "other"));
        String uuid = imported();
        String output = run(1, Streams.FULL, "verify", "images");
        assertThat(output)
                .contains(TestImages.uuid(2) + "/manifest.json: ")
                .contains("images/" + other + "/file: intact")
                .containsPattern("images/" + uuid + "/image-.*: intact");
        others.put(other, "file", ("bytes of " + other).replace('b', 'B'));
        assertThat(run(1, Streams.FULL, "verify", "images")).contains(other + "/file: is damaged: its sha1 is ");
    }

    @Test
    void fetchesAUrl() throws Exception {
        try (Launched server = Launched.start(directory, "serve", "--sample", "--listen", "127.0.0.1:0")) {
            String url = "http://127.0.0.1:" + server.port() + "/images/" + SAMPLE + "/file";
            assertThat(run(0, Streams.FULL, "verify", url)).startsWith(url + ": intact");
            assertThat(run(1, Streams.FULL, "verify", url + "1")).contains("the server answered 404, not the file");
        }
    }

    @Test
    void wantsToKnowWhat() throws Exception {
        assertThat(run(2, Streams.FULL, "verify")).contains("FILE|DIR|URL");
    }

    private String imported() throws IOException, InterruptedException {
        return run(0, Streams.FULL, "import", "base", "1", "d").strip();
    }

    private String run(int exitCode, Path input, String... arguments) throws IOException, InterruptedException {
        try (Launched run = Launched.fed(input, directory, arguments)) {
            assertThat(run.exitCode()).as(run.output()).isEqualTo(exitCode);
            return run.output();
        }
    }
}
