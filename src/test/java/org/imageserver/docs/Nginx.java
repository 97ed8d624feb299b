package org.imageserver.docs;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.imageserver.Program;
import org.imageserver.RawConnection;

/** The nginx of this machine with {@code dist/nginx.conf}, one process in a directory of its own, on a unix socket. */
final class Nginx implements AutoCloseable {
    private final Path directory;
    private final Process process;

    private Nginx(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    /** Where it is installed; without it the test is skipped. */
    static Path find() {
        return Program.find("nginx")
                .orElseThrow(() -> Program.missing("dist/nginx.conf is NOT TESTED: there is no nginx on this machine"
                        + " (Debian: apt-get install nginx-light)"));
    }

    /**
     * Checks the configuration as {@code nginx -t} does and starts it.
     *
     * @param upstream the server of the upstream block, in place of the one in the snippet
     */
    static Nginx start(Path program, Path directory, String upstream) throws IOException {
        Files.writeString(directory.resolve("snippet.conf"), snippet(directory, upstream));
        Files.writeString(directory.resolve("nginx.conf"), surroundings(directory));
        List<String> command =
                List.of(program.toString(), "-p", directory.toString(), "-c", directory + "/nginx.conf", "-q");
        run(Stream.concat(command.stream(), Stream.of("-t")).toList(), directory);
        Nginx nginx = new Nginx(directory, launch(command, directory));
        try {
            await("nginx listens").until(nginx::listens);
            return nginx;
        } catch (RuntimeException e) {
            nginx.close();
            throw e;
        }
    }

    /** The file as it is, but for where it listens and where the server is. */
    private static String snippet(Path directory, String upstream) {
        return replace(
                replace(Documents.read("dist/nginx.conf"), "listen 80;", "listen unix:" + socket(directory) + ";"),
                "server unix:/run/image-server/image-server.sock;",
                "server " + upstream + ";");
    }

    private static String replace(String text, String old, String by) {
        if (!text.contains(old)) {
            throw new IllegalStateException("dist/nginx.conf has no \"" + old + "\" any more: adapt this test");
        }
        return text.replace(old, by);
    }

    /** One process in the foreground, as whoever runs the test, writing nowhere else. */
    private static String surroundings(Path directory) {
        return """
                daemon off;
                master_process off;
                pid %1$s/nginx.pid;
                error_log stderr warn;
                events {}
                http {
                    access_log off;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    include %1$s/snippet.conf;
                }
                """.formatted(directory);
    }

    private static void run(List<String> command, Path directory) throws IOException {
        Process check = launch(command, directory);
        try {
            if (check.waitFor() != 0) {
                throw new IOException("nginx -t: " + Files.readString(log(directory)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static Process launch(List<String> command, Path directory) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(directory).toFile()))
                .start();
    }

    private boolean listens() {
        if (!process.isAlive()) {
            throw new IllegalStateException("nginx has ended: " + output());
        }
        try {
            connect().close();
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** A new connection of a client. */
    RawConnection connect() throws IOException {
        return RawConnection.unix(socket(directory));
    }

    /** What it had to say. */
    String output() {
        try {
            return Files.readString(log(directory));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path socket(Path directory) {
        return directory.resolve("nginx.sock");
    }

    private static Path log(Path directory) {
        return directory.resolve("nginx.log");
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
