package org.imageserver.auth;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.imageserver.auth.Principal.Account;
import org.imageserver.auth.User.TokenHash;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts, as a running server asks for them. It sees a change of the file within a second. Questions never fail:
 * a file that cannot be read leaves the accounts as they were. Thread-safe.
 */
public final class Users {
    private static final Logger LOG = LoggerFactory.getLogger(Users.class);
    private static final long LOOK_EVERY_MILLIS = 1000;

    /** Stands for what was sent in place of a token, so that its refusal costs as much. */
    private static final Token NO_TOKEN = Token.random();

    private final UsersFile file;
    private final InstantSource clock;
    private final TokenHasher hasher;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile Accounts accounts = new Accounts();
    private volatile long lookedAtMillis;
    private Optional<UsersFile.Version> version = Optional.empty();
    private String reported = "";

    /** Reads the file, which need not be there. */
    public Users(Path file, InstantSource clock) {
        this(file, clock, TokenHasher.bcrypt());
    }

    Users(Path file, InstantSource clock, TokenHasher hasher) {
        this.file = new UsersFile(file);
        this.clock = clock;
        this.hasher = hasher;
        look();
    }

    /**
     * Whose token it is; slow, as a hash has to be. Exactly one hash is computed, whatever is wrong: a refusal tells
     * nothing by its time.
     *
     * @param name the account that the client says it is; empty where the token stands alone
     */
    Optional<Account> authenticate(Optional<String> name, String text) {
        Accounts known = newest();
        Optional<Token> parsed = Token.parse(text);
        Token token = parsed.orElse(NO_TOKEN);
        Optional<User> user = name.isPresent() ? known.byName(name.get()) : known.byToken(token);
        String hash = user.flatMap(User::token).map(TokenHash::bcrypt).orElse(hasher.decoy());
        boolean isRight = hasher.matches(token, hash);
        if (!isRight || parsed.isEmpty() || user.isEmpty() || !user.get().isActive(clock.instant())) {
            return Optional.empty();
        }
        known.remember(user.get(), token);
        return user.map(User::account);
    }

    /** The same question for a token that was verified before: costs microseconds. */
    Optional<Account> remembered(Optional<String> name, String text) {
        Accounts known = current();
        return Token.parse(text)
                .flatMap(token -> known.byToken(token).filter(user -> known.isVerified(user, token)))
                .filter(user -> name.isEmpty() || name.get().equals(user.name()))
                .filter(user -> user.isActive(clock.instant()))
                .map(User::account);
    }

    /** The account of that name, if it may log in now. */
    Optional<Account> find(String name) {
        return active(name).map(User::account);
    }

    /** All that is known of the account of that name, if it may log in now. */
    Optional<User> active(String name) {
        return current().byName(name).filter(user -> user.isActive(clock.instant()));
    }

    /**
     * The accounts as the file has them now: one more look is nothing beside the hash that follows, and an account that
     * was added a moment ago works at once.
     */
    private Accounts newest() {
        looking.lock();
        try {
            look();
        } finally {
            looking.unlock();
        }
        return accounts;
    }

    /** The accounts, at most a second old. One thread looks at the file, the others go on meanwhile. */
    private Accounts current() {
        if (Math.abs(clock.millis() - lookedAtMillis) >= LOOK_EVERY_MILLIS && looking.tryLock()) {
            try {
                look();
            } finally {
                looking.unlock();
            }
        }
        return accounts;
    }

    private void look() {
        lookedAtMillis = clock.millis();
        try {
            // The version first: a change while the file is read is then found at the next look.
            Optional<UsersFile.Version> found = file.version();
            if (!found.equals(version)) {
                accounts = new Accounts(file.read());
                version = found;
                LOG.debug("{} was read", file.path());
            }
            reported = "";
        } catch (IOException e) {
            report(file.path() + " cannot be read: " + e);
        } catch (UsersException e) {
            report(String.valueOf(e.getMessage()));
        }
    }

    private void report(String problem) {
        if (!problem.equals(reported)) {
            LOG.error("the accounts stay as they were: {}", problem);
            reported = problem;
        }
    }
}
