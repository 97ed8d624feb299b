package org.imageserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.imageserver.auth.Role;
import org.imageserver.config.ConfigException;
import org.imageserver.config.ListenAddress;
import org.imageserver.config.Settings;

/**
 * The real server on a free port of the loopback and on a unix socket, over a directory of its own, with a real
 * client. Whatever a test wants of the configuration is given as the text of a configuration file.
 */
public final class TestServer implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final TestLog log = new TestLog();
    private final Path directory;
    private final ImageServer server;

    private TestServer(Path directory, Settings settings) throws IOException {
        this.directory = directory;
        this.server = ImageServer.start(settings);
    }

    /** Starts on the images below {@code directory/images}, with no configuration but where to listen. */
    public static TestServer start(Path directory) {
        return start(directory, "");
    }

    /** Starts with further entries of a configuration file, such as {@code "rescan_seconds": 0.1}. */
    public static TestServer start(Path directory, String entries) {
        try {
            Path config = directory.resolve("config.json");
            Files.writeString(config, """
                    {
                      %s
                      "serve_dir": "images",
                      %s
                      %s
                    }
                    """.formatted(
                            entries.contains("\"listen\"") ? "" : "\"listen\": [\"127.0.0.1:0\", \"unix:socket\"],",
                            entries.contains("grace_seconds") ? "" : "\"grace_seconds\": 0,",
                            entries));
            Files.createDirectories(directory.resolve("images"));
            return new TestServer(directory, Settings.read(config, Settings.Overrides.NONE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Starts on a directory that has a configuration already, {@code directory/config.json}, as with {@code --listen}. */
    public static TestServer open(Path directory, String... listen) {
        try {
            List<ListenAddress> addresses = new ArrayList<>();
            for (String address : listen) {
                addresses.add(ListenAddress.parse(address, directory));
            }
            Settings.Overrides overrides = new Settings.Overrides(addresses, Optional.empty());
            return new TestServer(directory, Settings.read(directory.resolve("config.json"), overrides));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** The images that it serves. */
    public TestImages images() {
        return new TestImages(directory.resolve("images"));
    }

    /** Looks at the directory now, so that a test need not wait for the server to do it. */
    public void rescan() {
        try {
            server.catalogue().rescan();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The server itself. */
    public ImageServer server() {
        return server;
    }

    /** What it logs. */
    public TestLog log() {
        return log;
    }

    /** The port on 127.0.0.1. */
    public int port() {
        return server.addresses().stream()
                .filter(ListenAddress.Tcp.class::isInstance)
                .map(ListenAddress.Tcp.class::cast)
                .findFirst()
                .orElseThrow()
                .port();
    }

    /** The address of a path where programs come that watch the server, if the configuration has one. */
    public URI watched(String target) {
        ListenAddress address = server.watchedAt().getFirst();
        return URI.create("http://127.0.0.1:" + ((ListenAddress.Tcp) address).port() + target);
    }

    /** The unix socket. */
    public Path socket() {
        return directory.resolve("socket");
    }

    /** The address of a path and query. */
    public URI uri(String target) {
        return URI.create("http://127.0.0.1:" + port() + target);
    }

    /** Sends a GET with headers given as name, value, name, value. */
    public HttpResponse<String> get(String target, String... headers) {
        return send("GET", target, headers);
    }

    /** Sends a GET to any address. */
    public HttpResponse<String> get(URI address) {
        return await(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    }

    /** Sends a request without a body. */
    public HttpResponse<String> send(String method, String target, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(target)).method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return await(request.build(), BodyHandlers.ofString());
    }

    /** Sends a request with a body. */
    public HttpResponse<String> send(String method, String target, BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(target)).method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return await(request.build(), BodyHandlers.ofString());
    }

    /** The users file that it reads. */
    public Path usersFile() {
        return directory.resolve("images/.image-server/users.json");
    }

    /** The directory of ssh keys that it reads. */
    public Path keysDirectory() {
        return directory.resolve("images/.image-server/keys");
    }

    /** Makes an account while the server runs. */
    public TestAccount account(String name, Role role) {
        return TestAccount.make(usersFile(), name, role);
    }

    /** Sends a GET and keeps the bytes. */
    public HttpResponse<byte[]> getBytes(String target, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(target));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return await(request.build(), BodyHandlers.ofByteArray());
    }

    /** The names of the images that a list shows, in order. */
    public List<String> names(String target) {
        List<String> names = new ArrayList<>();
        json(get(target)).forEach(image -> names.add(image.path("name").asText()));
        return names;
    }

    /** The JSON of an answer. */
    public static JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <T> HttpResponse<T> await(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return client.send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Bytes that the threads which answer have allocated on the heap so far. */
    public static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("(vert\\.x|copy)-.*"))
                .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.threadId()))
                .sum();
    }

    /** Stops, and fails the test when the server found a fault in itself. */
    @Override
    public void close() {
        client.close();
        server.close();
        log.close();
        assertThat(log.errors()).as("errors in the log").isEmpty();
    }
}
