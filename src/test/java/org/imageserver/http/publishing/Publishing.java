package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.imageserver.TestAccount;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;

/** A server with accounts, and a client for each of them. */
final class Publishing implements AutoCloseable {
    /** A complete stream of a file system, and one of its later snapshot. */
    static final String FULL = "valid/fuse-full.zfs.gz";

    static final String INCREMENTAL = "valid/fuse-incr.zfs.gz";

    private final Path directory;
    private final TestServer server;
    private final Client admin;
    private final Client alice;
    private final Client bob;
    private final Client reader;

    /** Accounts are the same for every server of a run: hashing their tokens is slow, on purpose. */
    private record Accounts(String file, TestAccount admin, TestAccount alice, TestAccount bob, TestAccount reader) {
        private static final Accounts ALL = make();

        private static Accounts make() {
            try {
                Path directory = Files.createTempDirectory("accounts");
                Path file = directory.resolve("users.json");
                TestAccount admin = TestAccount.make(file, "root", Role.ADMIN);
                TestAccount alice = TestAccount.make(file, "alice", Role.PUBLISHER);
                TestAccount bob = TestAccount.make(file, "bob", Role.PUBLISHER);
                TestAccount reader = TestAccount.make(file, "reader", Role.READER);
                Accounts made = new Accounts(Files.readString(file), admin, alice, bob, reader);
                Files.delete(file);
                Files.delete(file.resolveSibling("users.json.lock"));
                Files.delete(directory);
                return made;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    Publishing(Path directory, String entries) {
        this.directory = directory;
        Accounts accounts = Accounts.ALL;
        try {
            Files.createDirectories(directory.resolve("images/.image-server"));
            Files.writeString(directory.resolve("images/.image-server/users.json"), accounts.file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.server = TestServer.start(directory, entries);
        this.admin = new Client(server, accounts.admin());
        this.alice = new Client(server, accounts.alice());
        this.bob = new Client(server, accounts.bob());
        this.reader = new Client(server, accounts.reader());
    }

    TestServer server() {
        return server;
    }

    Client admin() {
        return admin;
    }

    Client alice() {
        return alice;
    }

    Client bob() {
        return bob;
    }

    Client reader() {
        return reader;
    }

    /** Every file below the images, by its path, but those that the server keeps for itself for good. */
    List<String> filesOnDisk() {
        Path images = directory.resolve("images");
        try (Stream<Path> all = Files.walk(images)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> images.relativize(file).toString())
                    .filter(name -> !name.matches("\\.image-server/([a-z]+\\.json.*|session\\.(key|ended)|keys/.*)"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fails unless there is neither an image nor a byte of one. */
    void assertNothingIsLeft() {
        assertThat(TestServer.json(admin.get("/images?state=all"))).isEmpty();
        assertThat(filesOnDisk()).isEmpty();
    }

    @Override
    public void close() {
        server.close();
    }

    /** A stream from the test data. */
    static byte[] stream(String path) {
        try (InputStream in = Objects.requireNonNull(Publishing.class.getResourceAsStream("/zstream/" + path), path)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A body whose length is not said beforehand. */
    static BodyPublisher chunked(byte[] bytes) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes));
    }

    /** Status, code and message of an answer, for comparing. */
    static String told(HttpResponse<String> answer) {
        if (answer.statusCode() < 400) {
            return Integer.toString(answer.statusCode());
        }
        JsonNode error = TestServer.json(answer);
        return answer.statusCode() + " " + error.path("code").asText() + ": "
                + error.path("message").asText();
    }

    /** Somebody with a credential. */
    record Client(TestServer server, TestAccount account) {
        HttpResponse<String> get(String target, String... headers) {
            return server.get(target, with(headers));
        }

        HttpResponse<String> post(String target, String json, String... headers) {
            return server.send("POST", target, BodyPublishers.ofString(json), with(headers));
        }

        HttpResponse<String> put(String target, byte[] body, String... headers) {
            return server.send("PUT", target, BodyPublishers.ofByteArray(body), with(headers));
        }

        HttpResponse<String> send(String method, String target, BodyPublisher body, String... headers) {
            return server.send(method, target, body, with(headers));
        }

        HttpResponse<String> delete(String target) {
            return server.send("DELETE", target, with());
        }

        /** An image that is not activated and has no file. */
        String create(String fields) {
            HttpResponse<String> created = post("/images", manifest(fields));
            assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
            return TestServer.json(created).path("uuid").asText();
        }

        /** An active image. */
        String publish(String stream, String query) {
            HttpResponse<String> published =
                    send("POST", "/publish?name=n&version=1" + query, BodyPublishers.ofByteArray(stream(stream)));
            assertThat(published.statusCode()).as(published.body()).isEqualTo(200);
            return TestServer.json(published).path("uuid").asText();
        }

        private String[] with(String... headers) {
            List<String> all = new ArrayList<>(Arrays.asList(headers));
            all.addAll(List.of("Authorization", account.basic()));
            return all.toArray(String[]::new);
        }
    }

    /** A manifest with name, version, type and os, and more fields, such as {@code "public": false}. */
    static String manifest(String fields) {
        return """
                {"name": "n", "version": "1", "type": "zone-dataset", "os": "smartos"%s}
                """.formatted(fields.isEmpty() ? "" : ", " + fields);
    }
}
