package org.imageserver.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code image-server prepare}: an installed launcher and jar, with a recording beside them or without. */
class PrepareIT {
    private static final String VERSION_LINE = "image-server \\S+ \\(Java \\d+\\)\\n";

    @TempDir
    private Path directory;

    private Path home;
    private Path launcher;

    @BeforeEach
    void install() throws IOException {
        home = Files.createDirectory(directory.resolve("installed here"));
        launcher =
                Files.copy(Path.of("image-server"), home.resolve("image-server"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.copy(
                Path.of("target/image-server.jar"),
                home.resolve("image-server.jar"),
                StandardCopyOption.COPY_ATTRIBUTES);
    }

    @Test
    void laterStartsTakeTheirClassesFromTheRecording() throws Exception {
        assertThat(classesOfTheJar()).as("before").isPositive();
        int before = classesOfTheJar();
        assertThat(run("prepare")).contains("recorded in " + recording());
        assertThat(beside())
                .containsExactlyInAnyOrder(
                        "image-server",
                        "image-server.jar",
                        recording().getFileName().toString());
        assertThat(classesOfTheJar()).as("after").isLessThan(before / 2);
        try (Launched server = start(Map.of(), "serve", "--sample", "--listen", "127.0.0.1:0")) {
            server.untilItSays("On a SmartOS host:");
            assertThat(server.output()).contains("Serving 1 image").doesNotContain("WARNING", "[warning]", "[error]");
        }
    }

    @Test
    void aRecordingThatIsBrokenIsIgnoredWithoutAWord() throws Exception {
        run("prepare");
        Path recording = recording();
        Files.writeString(recording, "broken");
        assertThat(run("--version")).matches(VERSION_LINE);
        Files.write(recording, new byte[0]);
        assertThat(run("--version")).matches(VERSION_LINE);
        Files.delete(recording);
        Files.createDirectory(recording);
        assertThat(run("--version")).matches(VERSION_LINE);
    }

    @Test
    void aRecordingOfAnotherJarIsIgnoredWithoutAWord() throws Exception {
        run("prepare");
        Path jar = home.resolve("image-server.jar");
        FileTime recorded = Files.getLastModifiedTime(recording());
        Files.setLastModifiedTime(jar, FileTime.fromMillis(recorded.toMillis() + 5_000));
        assertThat(run("--version")).as("a newer jar").matches(VERSION_LINE);
        Files.setLastModifiedTime(jar, FileTime.fromMillis(0));
        assertThat(run("--version")).as("an older jar").matches(VERSION_LINE);
    }

    @Test
    void saysWhyNothingCanBeRecorded() throws Exception {
        assumeThat(home.toFile().setWritable(false) && !Files.isWritable(home))
                .as("root may write everywhere")
                .isTrue();
        try (Launched prepare = start(Map.of(), "prepare")) {
            assertThat(prepare.exitCode()).isEqualTo(1);
            assertThat(prepare.output()).contains("cannot write in " + home);
        } finally {
            assertThat(home.toFile().setWritable(true)).isTrue();
        }
    }

    @Test
    void theJarAloneSaysThatTheLauncherMustDoIt() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(java.toString(), "-jar", "target/image-server.jar", "prepare")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(2);
        assertThat(output).contains("only the launcher can prepare");
    }

    /** How many classes a run takes out of the jar, which is the slow way. */
    private int classesOfTheJar() throws Exception {
        Path log = directory.resolve("classes.log");
        try (Launched version = start(Map.of("IMAGE_SERVER_JAVA_OPTS", "-Xlog:class+load:file=" + log), "check", ".")) {
            version.exitCode();
        }
        try (Stream<String> lines = Files.lines(log)) {
            return (int) lines.filter(line -> line.contains("image-server.jar")).count();
        }
    }

    private String run(String... arguments) throws Exception {
        try (Launched launched = start(Map.of(), arguments)) {
            assertThat(launched.exitCode()).as(launched.output()).isZero();
            return launched.output();
        }
    }

    private Launched start(Map<String, String> environment, String... arguments) throws IOException {
        return Launched.start(launcher, directory, environment, arguments);
    }

    private Path recording() throws IOException {
        List<String> recordings =
                beside().stream().filter(name -> name.endsWith(".aot")).toList();
        assertThat(recordings).hasSize(1);
        return home.resolve(recordings.getFirst());
    }

    private List<String> beside() throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
