package org.imageserver.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A run of the launcher, as a person starts it: its output, its exit code, its signals. */
final class Launched implements AutoCloseable {
    private static final Path LAUNCHER = Path.of("image-server").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path output;

    private Launched(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts the launcher of this checkout in a directory. */
    static Launched start(Path directory, String... arguments) throws IOException {
        return start(LAUNCHER, directory, Map.of(), arguments);
    }

    static Launched start(Path launcher, Path directory, Map<String, String> environment, String... arguments)
            throws IOException {
        return start(launcher, directory, environment, Redirect.PIPE, arguments);
    }

    /** Starts the launcher of this checkout with a file as its standard input. */
    static Launched fed(Path input, Path directory, String... arguments) throws IOException {
        return fed(LAUNCHER, input, directory, Map.of(), arguments);
    }

    static Launched fed(Path launcher, Path input, Path directory, Map<String, String> environment, String... arguments)
            throws IOException {
        return start(launcher, directory, environment, Redirect.from(input.toFile()), arguments);
    }

    private static Launched start(
            Path launcher, Path directory, Map<String, String> environment, Redirect input, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(directory, "output", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(input)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        return new Launched(builder.start(), output);
    }

    /** Writes to its standard input, which stays open. */
    Launched write(byte[] bytes) throws IOException {
        process.getOutputStream().write(bytes);
        process.getOutputStream().flush();
        return this;
    }

    /** Everything that it has printed, on both streams. */
    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it has printed this. */
    Launched untilItSays(String text) {
        await().atMost(PATIENCE).until(() -> {
            if (!process.isAlive() && !output().contains(text)) {
                throw new IllegalStateException("it ended and never said \"" + text + "\":\n" + output());
            }
            return output().contains(text);
        });
        return this;
    }

    /** Waits for its end. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("it does not end; so far it said:\n" + output());
        }
        return process.exitValue();
    }

    /** Sends a signal by its name, such as TERM or HUP. */
    Launched signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        return this;
    }

    /** The port that it listens on, as it printed it. */
    int port() {
        untilItSays("http://127.0.0.1:");
        String after = output().split("http://127\\.0\\.0\\.1:", 2)[1];
        return Integer.parseInt(after.split("\\D", 2)[0]);
    }

    /** Kills it as a crash does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
