package org.imageserver.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.imageserver.files.PrivateFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key that sessions are signed with, in a file beside the accounts, so that people stay signed in over a restart.
 * It is made when the first of them signs in: a server that nobody writes to writes nothing. Thread-safe.
 */
final class SessionKey {
    private static final Logger LOG = LoggerFactory.getLogger(SessionKey.class);
    private static final String NAME = "session.key";

    private static final long LOOK_EVERY_MILLIS = 1000;

    private final UsersFile users;
    private final Path file;
    private final InstantSource clock;
    private volatile Optional<Hmac> known;
    private volatile long lookedAtMillis;
    private volatile boolean isReported;

    /** Reads the key, which need not be there. */
    SessionKey(Path usersFile, InstantSource clock) {
        this.users = new UsersFile(usersFile);
        this.file = users.path().resolveSibling(NAME);
        this.clock = clock;
        this.known = look();
    }

    /**
     * The key, if anybody has ever signed in; at once, but for a look at the disk each second as long as there is none:
     * another server on the same accounts may have made it.
     */
    Optional<Hmac> known() {
        if (known.isEmpty() && Math.abs(clock.millis() - lookedAtMillis) >= LOOK_EVERY_MILLIS) {
            // Nothing found is no reason to forget what somebody has made meanwhile.
            look().ifPresent(found -> known = Optional.of(found));
        }
        return known;
    }

    /** The key, made now if there is none; waits for the disk. */
    synchronized Hmac get() {
        if (known.isEmpty()) {
            known = Optional.of(made());
        }
        return known.get();
    }

    private Hmac made() {
        try {
            // Another server on the same accounts may be making one, too: both must use the same.
            return users.exclusively(() -> {
                Optional<Hmac> madeMeanwhile = read();
                if (madeMeanwhile.isPresent()) {
                    return madeMeanwhile.get();
                }
                byte[] key = Hmac.randomKey();
                PrivateFiles.replace(file, key);
                return new Hmac(key);
            });
        } catch (IOException | UsersException e) {
            LOG.warn("{} cannot be written ({}): who signs in now is signed out by a restart", file, e.toString());
            return Hmac.random();
        }
    }

    private Optional<Hmac> look() {
        lookedAtMillis = clock.millis();
        try {
            return read();
        } catch (IOException e) {
            if (!isReported) {
                LOG.warn("{} cannot be read ({}): everybody has to sign in again", file, e.toString());
                isReported = true;
            }
            return Optional.empty();
        }
    }

    private Optional<Hmac> read() throws IOException {
        try {
            byte[] key = Files.readAllBytes(file);
            if (key.length == Hmac.KEY_BYTES) {
                return Optional.of(new Hmac(key));
            }
            throw new IOException("it has " + key.length + " bytes, not " + Hmac.KEY_BYTES
                    + "; remove it, and the next start makes a new one");
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
