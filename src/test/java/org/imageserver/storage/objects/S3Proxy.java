package org.imageserver.storage.objects;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A server of the S3 protocol on the loopback, in a process of its own, with its objects in a directory. */
public final class S3Proxy implements AutoCloseable {
    /** What it lets in. */
    public static final String KEY = "test";

    /** The secret of {@link #KEY}. */
    public static final String SECRET = "testtest";

    private static final Path JAR = Path.of("target/test-programs/s3proxy.jar");

    private final Path directory;
    private final int port;
    private Process process;

    private S3Proxy(Path directory, int port, Process process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    /** Starts one that keeps everything below the directory. */
    public static S3Proxy start(Path directory) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        S3Proxy proxy = new S3Proxy(directory, port, launch(directory, port));
        proxy.awaitStart();
        return proxy;
    }

    private static Process launch(Path directory, int port) throws IOException {
        Path objects = Files.createDirectories(directory.resolve("objects"));
        Path properties = directory.resolve("s3proxy.properties");
        Files.writeString(properties, """
                s3proxy.authorization=aws-v2-or-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                s3proxy.endpoint=http://127.0.0.1:%d
                jclouds.provider=filesystem-nio2
                jclouds.filesystem.basedir=%s
                jclouds.identity=x
                jclouds.credential=x
                """.formatted(KEY, SECRET, port, objects));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(List.of(
                        java,
                        "-Xmx256m",
                        "-DLOG_LEVEL=warn",
                        "-jar",
                        JAR.toString(),
                        "--properties",
                        properties.toString()))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("s3proxy.log").toFile())
                .start();
    }

    private void awaitStart() {
        await("S3Proxy listens").atMost(Duration.ofSeconds(60)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException(
                        "S3Proxy has ended: " + Files.readString(directory.resolve("s3proxy.log")));
            }
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return true;
            } catch (IOException e) {
                return false;
            }
        });
    }

    /** Kills it, as a crash would. */
    public void stop() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Starts it again, at the same address and on the same objects. */
    public void restart() throws IOException {
        process = launch(directory, port);
        awaitStart();
    }

    /** Its address. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** A new bucket of that name, and where it is. */
    public S3Location newBucket(String name) {
        try (S3Client client = S3Client.builder()
                .endpointOverride(endpoint())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(credentials())
                .build()) {
            client.createBucket(create -> create.bucket(name));
        }
        return new S3Location(Optional.of(endpoint()), name, "images/", "us-east-1", true);
    }

    /** A client of a bucket. */
    public static ObjectStore connect(S3Location location) {
        return new S3ObjectStore(location, credentials());
    }

    static StaticCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
