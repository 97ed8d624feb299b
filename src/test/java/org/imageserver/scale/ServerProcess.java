package org.imageserver.scale;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.imageserver.storage.objects.S3Location;
import org.imageserver.storage.objects.S3Proxy;

/** A server in a process of its own, with the memory that the launcher gives it, that is killed and started again. */
final class ServerProcess implements AutoCloseable {
    private static final Path JAR = Path.of("target/image-server.jar").toAbsolutePath();

    private final String name;
    private final Path directory;
    private final int port;
    private volatile Process process;
    private final AtomicInteger starts = new AtomicInteger();

    private ServerProcess(String name, Path directory, int port, Process process) {
        this.name = name;
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    /** Starts one on a bucket; it keeps its own things below the directory. */
    static ServerProcess start(String name, Path directory, S3Location bucket, URI store) throws IOException {
        Files.createDirectories(directory);
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.writeString(directory.resolve("config.json"), """
                {
                  "listen": ["127.0.0.1:%d"],
                  "serve_dir": "own",
                  "anonymous_writes": true,
                  "verify_streams": "off",
                  "grace_seconds": 0,
                  "storage": {
                    "type": "s3", "endpoint": "%s", "bucket": "%s", "prefix": "images", "cache_bytes": 50000000
                  }
                }
                """.formatted(port, store, bucket.bucket()));
        return new ServerProcess(name, directory, port, launch(directory));
    }

    private static Process launch(Path directory) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        java,
                        "-Xmx64m",
                        "-XX:MaxDirectMemorySize=64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        JAR.toString(),
                        "serve",
                        "--config",
                        "config.json"))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(directory.resolve("log.txt").toFile()));
        builder.environment().put("AWS_ACCESS_KEY_ID", S3Proxy.KEY);
        builder.environment().put("AWS_SECRET_ACCESS_KEY", S3Proxy.SECRET);
        return builder.start();
    }

    /** Kills it as a crash does, and starts it again. */
    void killAndRestart() throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        starts.incrementAndGet();
        process = launch(directory);
    }

    /** Starts it again if it has ended, as a supervisor does: without its store it does not start. */
    void restartIfEnded() throws IOException {
        if (!process.isAlive()) {
            starts.incrementAndGet();
            process = launch(directory);
        }
    }

    /** Waits until it listens. */
    void awaitStart() {
        await(name + " listens").atMost(Duration.ofMinutes(2)).until(() -> {
            restartIfEnded();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
    }

    /** Which server, and which of its lives. */
    String life() {
        return name + ", life " + starts;
    }

    URI uri(String target) {
        return URI.create("http://127.0.0.1:" + port + target);
    }

    /** What it has printed and logged in all its lives. */
    String log() {
        try {
            return Files.readString(directory.resolve("log.txt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it logged as its own faults. */
    List<String> errors() {
        return log().lines().filter(line -> line.contains("\"level\":50")).toList();
    }

    /** The most memory that it has had, in MiB; 0 where the system does not tell. */
    long memory() {
        try (var lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(0L);
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
