package org.imageserver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.imageserver.Program;
import org.imageserver.TestImages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bar of long work, through the launcher: on a terminal, which {@code script} of util-linux makes, and elsewhere. */
class ProgressIT {
    private static final String LAUNCHER =
            Path.of("image-server").toAbsolutePath().toString();

    @TempDir
    private Path directory;

    @Test
    void showsABarWhileAFileIsVerifiedOnATerminal() throws Exception {
        byte[] stream = Files.readAllBytes(Streams.FULL);
        CountDownLatch isSeen = new CountDownLatch(1);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/base.zfs", exchange -> sendHalfAndWait(exchange, stream, isSeen));
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/base.zfs";
        try (Launched verify = onATerminal("verify", url)) {
            verify.untilItSays("verifying base.zfs [").untilItSays("]  50 %  ").untilItSays("/s  0:");
            isSeen.countDown();
            assertThat(verify.exitCode()).as(verify.output()).isZero();
            assertThat(verify.output()).containsPattern("\r +\r" + url + ": intact");
        } finally {
            isSeen.countDown();
            server.stop(0);
        }
    }

    @Test
    void showsHowMuchWasImportedFromAPipe() throws Exception {
        Path images = Files.createDirectory(directory.resolve("images"));
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        byte[] stream = Files.readAllBytes(Streams.FULL);
        String command = LAUNCHER + " import base 1 '' --dir " + images + " < " + pipe;
        try (Launched imported = onATerminal("-c", command)) {
            try (OutputStream sender = Files.newOutputStream(pipe)) {
                sender.write(stream, 0, 50_000);
                imported.untilItSays("importing  48.8 KiB  ");
                sender.write(stream, 50_000, stream.length - 50_000);
            }
            assertThat(imported.exitCode()).as(imported.output()).isZero();
        }
    }

    @Test
    void saysNothingOfShortWorkInALog() throws Exception {
        TestImages images = new TestImages(directory.resolve("images"));
        String uuid = images.add(1);
        try (Launched check = Launched.start(directory, "check", "images", "--hashes");
                Launched verify = Launched.start(directory, "verify", "images/" + uuid + "/file")) {
            assertThat(check.exitCode()).isZero();
            assertThat(check.output()).isEqualTo("images that can be served: 1, problems: 0\n");
            assertThat(verify.exitCode()).isEqualTo(1);
            assertThat(verify.output().lines()).hasSize(1);
        }
    }

    private Launched onATerminal(String... arguments) throws IOException {
        Path script = Program.find("script")
                .filter(program -> System.getProperty("os.name").equals("Linux"))
                .orElseThrow(() -> Program.missing("The bars of long work are NOT TESTED:"
                        + " there is no script command of util-linux on this machine"));
        String command = arguments[0].equals("-c") ? arguments[1] : LAUNCHER + " " + String.join(" ", arguments);
        return Launched.start(script, directory, Map.of(), "--quiet", "--return", "--command", command, "/dev/null");
    }

    private static void sendHalfAndWait(HttpExchange exchange, byte[] bytes, CountDownLatch isSeen) {
        int half = bytes.length / 2;
        try (exchange;
                OutputStream body = exchange.getResponseBody()) {
            exchange.sendResponseHeaders(200, bytes.length);
            body.write(bytes, 0, half);
            body.flush();
            isSeen.await();
            body.write(bytes, half, bytes.length - half);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
