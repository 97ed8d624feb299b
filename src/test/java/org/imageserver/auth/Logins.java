package org.imageserver.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.imageserver.auth.UsersEditor.Grant;

/** A server's accounts and keys in a directory, and requests to it. */
final class Logins {
    static final String ADDRESS = "192.0.2.1";

    final TestClock clock = new TestClock();
    final CountingHasher hasher = new CountingHasher();
    final Path file;
    final Path keys;
    final UsersEditor editor;
    final Users users;
    final AuthorizedKeys authorizedKeys;
    final Authenticator authenticator;

    Logins(Path directory) throws IOException {
        file = directory.resolve("users.json");
        keys = Files.createDirectories(directory.resolve("keys"));
        editor = new UsersEditor(file, clock, hasher);
        users = new Users(file, clock, hasher);
        authorizedKeys = new AuthorizedKeys(keys);
        authenticator = new Authenticator(users, authorizedKeys, clock);
    }

    /** Adds an account and lets the server see it; its token. */
    String add(String name, Role role) throws Exception {
        return add(name, role, User.NEVER);
    }

    String add(String name, Role role, Instant expires) throws Exception {
        String token = editor.add(name, new Grant(Optional.of(role), Optional.of(expires), Optional.empty()))
                .token();
        letTheServerLook();
        return token;
    }

    /** After a second it looks at the file. */
    void letTheServerLook() {
        clock.pass(Duration.ofSeconds(1));
    }

    void addKeys(String name, String lines) throws IOException {
        Files.writeString(keys.resolve(name + ".keys"), lines);
        authorizedKeys.reload();
    }

    Outcome basic(String name, String token) {
        return basicFrom(ADDRESS, name, token);
    }

    Outcome basicFrom(String address, String name, String token) {
        return authenticator.authenticate(
                attempt("GET", "/images", address, Map.of("authorization", header(name, token))));
    }

    static String header(String name, String token) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + token).getBytes(StandardCharsets.UTF_8));
    }

    Outcome authorization(String value) {
        return authenticator.authenticate(attempt("GET", "/images", ADDRESS, Map.of("authorization", value)));
    }

    static Attempt attempt(String method, String target, String address, Map<String, String> headers) {
        Map<String, String> copy = new HashMap<>(headers);
        return new Attempt(method, target, name -> Optional.ofNullable(copy.get(name)), address);
    }
}
