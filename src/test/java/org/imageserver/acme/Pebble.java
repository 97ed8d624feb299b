package org.imageserver.acme;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.imageserver.Program;
import org.imageserver.tls.CertificateFiles;
import org.imageserver.tls.SelfSigned;

/**
 * An authority on this machine: Pebble, the small server that Let's Encrypt has for tests of clients, with a DNS by which
 * every name leads to the loopback. It really looks at the challenges, and refuses some good nonces, as real ones do.
 */
final class Pebble implements AutoCloseable {
    /** Of this machine, since nothing here is to be reached from others. */
    private static final String HOST = "127.0.0.1";

    private final List<Process> programs = new ArrayList<>();
    private final Path directory;
    private final int port;

    private Pebble(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /**
     * Starts it.
     *
     * @param directory where its files lie
     * @param httpPort where it looks by HTTP
     * @param tlsPort where it looks by TLS
     * @param more of its configuration, ending in a comma
     */
    static Pebble start(Path directory, int httpPort, int tlsPort, String more) throws IOException {
        Path program = Program.find("pebble")
                .orElseThrow(() -> Program.missing("ACME is not tested: there is no pebble; .ci/install installs it"));
        Path dns = Program.find("pebble-challtestsrv")
                .orElseThrow(() -> Program.missing("ACME is not tested: there is no pebble-challtestsrv"));
        Files.createDirectories(directory);
        Pebble pebble = new Pebble(directory, freePort());
        SelfSigned.makeIfMissing(
                new CertificateFiles(pebble.certificate(), directory.resolve("key.pem")), List.of("localhost", HOST));
        int dnsPort = freePort();
        Files.writeString(directory.resolve("pebble.json"), """
                {"pebble": {
                  %s
                  "listenAddress": "127.0.0.1:%d",
                  "managementListenAddress": "",
                  "certificate": "%s",
                  "privateKey": "%s",
                  "httpPort": %d,
                  "tlsPort": %d
                }}
                """.formatted(
                        more, pebble.port, pebble.certificate(), directory.resolve("key.pem"), httpPort, tlsPort));
        String dnsAddress = HOST + ":" + dnsPort;
        pebble.run(
                List.of(
                        dns.toString(),
                        "-dns01",
                        dnsAddress,
                        "-defaultIPv4",
                        HOST,
                        "-defaultIPv6",
                        "",
                        "-http01",
                        "",
                        "-https01",
                        "",
                        "-tlsalpn01",
                        "",
                        "-management",
                        HOST + ":" + freePort()),
                "dns.log");
        pebble.run(
                List.of(
                        program.toString(),
                        "-config",
                        directory.resolve("pebble.json").toString(),
                        "-dnsserver",
                        dnsAddress),
                "pebble.log");
        await().until(() -> answers(dnsPort) && answers(pebble.port));
        return pebble;
    }

    private void run(List<String> command, String log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(log).toFile());
        builder.environment().put("PEBBLE_VA_NOSLEEP", "1");
        programs.add(builder.start());
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** A port of the loopback where nothing listens. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By which its own server is trusted. */
    Path certificate() {
        return directory.resolve("certificate.pem");
    }

    /** Where its protocol begins. */
    String url() {
        return "https://" + HOST + ":" + port + "/dir";
    }

    /** What it says of its work. */
    String log() {
        try {
            return Files.readString(directory.resolve("pebble.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        programs.forEach(Process::destroy);
    }
}
