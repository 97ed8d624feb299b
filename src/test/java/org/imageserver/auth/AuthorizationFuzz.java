package org.imageserver.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** Any Authorization header, with any date: nobody becomes anybody by it. */
public final class AuthorizationFuzz {
    private static final Authenticator AUTHENTICATOR = authenticator();
    private static int address;

    private AuthorizationFuzz() {}

    private static Authenticator authenticator() {
        try {
            Path directory = Files.createTempDirectory("fuzz");
            TokenHasher cheap = TokenHasher.bcrypt(4);
            Path file = directory.resolve("users.json");
            new UsersEditor(file, InstantSource.system(), cheap)
                    .add("alice", new UsersEditor.Grant(Optional.of(Role.ADMIN), Optional.empty(), Optional.empty()));
            Path keys = Files.createDirectories(directory.resolve("keys"));
            Files.copy(Path.of("src/test/resources/auth/alice.keys"), keys.resolve("alice.keys"));
            AuthorizedKeys authorized = new AuthorizedKeys(keys);
            authorized.reload();
            return new Authenticator(
                    new Users(file, InstantSource.system(), cheap), authorized, InstantSource.system());
        } catch (IOException | UsersException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first line of the input is the header, the second, if there is one, the date. */
    public static void fuzzerTestOneInput(byte[] input) {
        String[] lines = new String(input, StandardCharsets.ISO_8859_1).split("\n", 2);
        Map<String, String> headers = lines.length == 2
                ? Map.of("authorization", lines[0], "date", lines[1], "host", "x")
                : Map.of("authorization", lines[0], "host", "x");
        // Each from an address of its own: else the throttle would answer for the parser.
        String from = "192.0.2.1-" + address++;
        Outcome outcome = AUTHENTICATOR.authenticate(
                new Attempt("GET", "/images", name -> Optional.ofNullable(headers.get(name)), from));
        if (outcome instanceof Outcome.Known) {
            throw new AssertionError(lines[0] + " is good for " + outcome);
        }
    }
}
