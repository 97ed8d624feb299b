package org.imageserver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.imageserver.TestAccount;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who did what, as the file tells that an operator keeps. */
class AuditIT {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private TestAccount alice;

    @BeforeEach
    void makeAccount() throws IOException {
        Path users = Files.createDirectories(directory.resolve("images/.image-server"))
                .resolve("users.json");
        alice = TestAccount.make(users, "alice", Role.PUBLISHER);
    }

    private Path file() {
        return directory.resolve("images/.image-server/audit.log");
    }

    private List<JsonNode> lines() throws IOException {
        return Files.readAllLines(file()).stream().map(AuditIT::json).toList();
    }

    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> send(int port, String method, String target, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
                .method(method, BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void tellsWhoDidWhatFromWhereAndWhatCameOfIt() throws Exception {
        try (Launched server = Launched.start(directory, "serve", "--listen", "127.0.0.1:0")) {
            int port = server.port();
            String[] asAlice = {"Authorization", alice.bearer(), "x-request-id", "number-1"};
            String image = json(send(port, "POST", "/publish?name=a&version=1&type=other&os=other", "bytes", asAlice)
                            .body())
                    .path("uuid")
                    .asText();
            send(port, "POST", "/images/" + image + "?action=disable", "", asAlice);
            send(port, "DELETE", "/images/" + image, "");
            send(port, "GET", "/images", "", "Authorization", "Bearer wrong-token");
            send(port, "GET", "/images", "");
            send(
                    port,
                    "POST",
                    "/sign-in",
                    "name=bob&token=" + alice.token(),
                    "Content-Type",
                    "application/x-www-form-urlencoded");
            send(
                    port,
                    "POST",
                    "/sign-in",
                    "name=alice&token=" + alice.token(),
                    "Content-Type",
                    "application/x-www-form-urlencoded");
            server.signal("TERM");
            assertThat(server.exitCode()).isZero();

            assertThat(lines())
                    .extracting(line -> String.join(
                            " ",
                            line.path("account").asText(),
                            line.path("endpoint").asText(),
                            line.path("action").asText("-"),
                            line.path("image").asText().replace(image, "IMAGE"),
                            line.path("status").asText(),
                            line.path("msg").asText()))
                    .containsExactly(
                            "alice Publish - IMAGE 200 done",
                            "alice ImageAction disable IMAGE 200 done",
                            "anonymous DeleteImage - IMAGE 401 refused",
                            "anonymous none -  401 refused",
                            "bob SignIn -  403 refused",
                            "alice SignIn -  303 done");
            assertThat(lines()).allSatisfy(line -> {
                assertThat(line.path("remote").asText()).isEqualTo("127.0.0.1");
                assertThat(line.path("req_id").asText()).isNotBlank();
                assertThat(line.path("v").asInt(-1)).isZero();
            });
            assertThat(Files.readString(file())).doesNotContain(alice.token(), "wrong-token");
            assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThat(server.output()).doesNotContain("\"endpoint\"");
        }
    }

    private void run(int exitCode, String... arguments) throws Exception {
        try (Launched launched = Launched.start(directory, arguments)) {
            assertThat(launched.exitCode()).as(launched.output()).isEqualTo(exitCode);
        }
    }

    /** Who may do it by a command is a user of the machine, not of the server. */
    @Test
    void tellsWhatWasDoneByCommands() throws Exception {
        run(0, "user", "add", "bob", "--serve-dir", "images");
        run(0, "user", "list", "--serve-dir", "images");
        run(1, "user", "revoke", "nobody", "--serve-dir", "images");
        run(0, "trash", "list", "--dir", "images");
        run(2, "user", "add", "bob", "--unknown");
        assertThat(lines())
                .extracting(line -> String.join(
                        " ",
                        line.path("user").asText().equals(System.getProperty("user.name")) ? "I" : "somebody",
                        line.path("command").asText(),
                        line.path("msg").asText()))
                .containsExactly(
                        "I user add bob --serve-dir images done", "I user revoke nobody --serve-dir images failed");
        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void goesToTheOtherLogWhereItsFileCannotBeWritten() throws Exception {
        Path config = Files.writeString(
                directory.resolve("c.json"), "{\"listen\": [\"127.0.0.1:0\"], \"audit_log\": \"c.json/audit.log\"}");
        try (Launched server = Launched.start(directory, "serve", "--config", config.toString())) {
            send(server.port(), "DELETE", "/images/" + "0a6c2a7e-5a4d-4e1b-9c57-3b6f2d1c8e90", "");
            server.untilItSays("the audit log cannot be written to").untilItSays("\"endpoint\":\"DeleteImage\"");
        }
    }
}
