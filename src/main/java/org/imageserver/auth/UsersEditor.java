package org.imageserver.auth;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.imageserver.auth.User.TokenHash;

/**
 * Changes the users file, each change whole or not at all, beside any number of others that do the same. A broken file
 * is never overwritten. Thread-safe.
 */
public final class UsersEditor {
    private final UsersFile file;
    private final InstantSource clock;
    private final TokenHasher hasher;

    /**
     * What a new or changed account shall be; what is empty keeps its value, or gets the default: a reader with a
     * random uuid that never expires.
     *
     * @param expires when it ends, or {@link User#NEVER}
     * @param uuid the owner that is recorded in what it publishes, a lower-case UUID
     */
    public record Grant(Optional<Role> role, Optional<Instant> expires, Optional<String> uuid) {}

    /**
     * An account with its new token, which is kept nowhere else.
     *
     * @param token the text to give to its owner
     */
    public record Issued(User user, String token) {}

    /** Edits the file at that path, which is made by the first change. */
    public UsersEditor(Path file, InstantSource clock) {
        this(file, clock, TokenHasher.bcrypt());
    }

    UsersEditor(Path file, InstantSource clock, TokenHasher hasher) {
        this.file = new UsersFile(file);
        this.clock = clock;
        this.hasher = hasher;
    }

    /**
     * Makes an account and its token.
     *
     * @throws UsersException if the name is taken, by a revoked account too, or a value cannot be used
     * @throws IOException if the file cannot be written; nothing is changed then
     */
    public Issued add(String name, Grant grant) throws IOException, UsersException {
        if (!User.NAME.matcher(name).matches()) {
            throw new UsersException("\"" + LogText.printable(name)
                    + "\" cannot be a name: use up to 64 letters, digits and . _ @ -, a letter or digit first");
        }
        return issue(name, grant, known -> {
            if (known.isPresent()) {
                throw taken(known.get());
            }
            String uuid = UUID.randomUUID().toString();
            return new User(name, uuid, Role.READER, now(), User.NEVER, Optional.empty(), Optional.empty());
        });
    }

    /**
     * Gives an account, a revoked one too, a new token in place of the one it has.
     *
     * @throws UsersException if there is no such account, or it would be expired already
     */
    public Issued rotate(String name, Grant grant) throws IOException, UsersException {
        return issue(name, grant, known -> known.orElseThrow(() -> missing(name)));
    }

    /**
     * Refuses an account from now on, its keys too. It stays in the file, because manifests name its uuid.
     *
     * @return false if it was revoked before
     * @throws UsersException if there is no such account
     */
    public boolean revoke(String name) throws IOException, UsersException {
        return change(users -> {
            User known = Optional.ofNullable(users.get(name)).orElseThrow(() -> missing(name));
            users.put(name, known.revokedAt(known.revoked().orElse(now())));
            return known.revoked().isEmpty();
        });
    }

    /** Every account, by name. */
    public List<User> list() throws IOException, UsersException {
        return List.copyOf(byName(file.read()).values());
    }

    private static UsersException taken(User known) {
        return new UsersException("there is a user \"" + known.name() + "\""
                + known.revoked().map(when -> ", revoked at " + when).orElse("")
                + "; --rotate gives it a new token, and it keeps its uuid " + known.uuid());
    }

    private static UsersException missing(String name) {
        return new UsersException("there is no user \"" + LogText.printable(name) + "\"");
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private interface Step<A, B> {
        B apply(A before) throws UsersException;
    }

    private Issued issue(String name, Grant grant, Step<Optional<User>, User> step) throws IOException, UsersException {
        Token token = Token.random();
        // Hashed before the lock is taken: it is slow.
        TokenHash hash = new TokenHash(token.id(), hasher.hash(token));
        return change(users -> {
            User user = granted(step.apply(Optional.ofNullable(users.get(name))), grant, hash);
            users.put(name, user);
            return new Issued(user, token.text());
        });
    }

    private User granted(User user, Grant grant, TokenHash hash) throws UsersException {
        String uuid = grant.uuid().orElse(user.uuid());
        if (!User.UUID.matcher(uuid).matches()) {
            throw new UsersException("\"" + LogText.printable(uuid) + "\" is no lower-case UUID");
        }
        Instant expires = grant.expires().orElse(user.expires());
        if (!clock.instant().isBefore(expires)) {
            throw new UsersException("the account would be expired since " + expires + ": give it a later --expires");
        }
        return new User(
                user.name(),
                uuid,
                grant.role().orElse(user.role()),
                user.created(),
                expires,
                Optional.empty(),
                Optional.of(hash));
    }

    private <T> T change(Step<Map<String, User>, T> step) throws IOException, UsersException {
        return file.exclusively(() -> {
            Map<String, User> users = byName(file.read());
            T result = step.apply(users);
            file.write(users.values());
            return result;
        });
    }

    private static Map<String, User> byName(List<User> users) {
        Map<String, User> byName = new TreeMap<>();
        users.forEach(user -> byName.put(user.name(), user));
        return byName;
    }
}
