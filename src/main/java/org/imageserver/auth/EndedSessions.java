package org.imageserver.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.imageserver.files.PrivateFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions that ended before their time, because somebody signed out: a copy of their cookie is of no use any more.
 * In a file beside the accounts, a line for each with the second in which it would have ended and its proof; a line goes
 * when that second is over. Other servers on the same accounts see it within a second. Thread-safe.
 */
final class EndedSessions {
    private static final Logger LOG = LoggerFactory.getLogger(EndedSessions.class);
    private static final String NAME = "session.ended";
    private static final long LOOK_EVERY_MILLIS = 1000;
    private static final Pattern LINE = Pattern.compile("(?<expires>[0-9]{1,12}) (?<proof>[A-Za-z0-9_-]{43})");

    private final UsersFile users;
    private final UsersFile file;
    private final InstantSource clock;
    private final ReentrantLock looking = new ReentrantLock();

    /** Proofs, and when their sessions would have ended, in seconds since 1970. */
    private volatile Map<String, Long> ended = Map.of();

    private volatile long lookedAtMillis;
    private Optional<UsersFile.Version> version = Optional.empty();

    /** Those that could not be written down. */
    private final Map<String, Long> unwritten = new HashMap<>();

    /** Reads the file, which need not be there. */
    EndedSessions(Path usersFile, InstantSource clock) {
        this.users = new UsersFile(usersFile);
        this.file = new UsersFile(users.path().resolveSibling(NAME));
        this.clock = clock;
        lookIfDue();
    }

    /** Whether this session has ended; at once, but for a look at the file each second. */
    boolean contains(Session session) {
        lookIfDue();
        return ended.containsKey(session.csrf());
    }

    /** Ends a session; durable when it returns, unless the file cannot be written. */
    void add(Session session) {
        looking.lock();
        try {
            unwritten.put(session.csrf(), session.expires().getEpochSecond());
            write();
        } catch (IOException | UsersException e) {
            LOG.warn(
                    "{} cannot be written ({}): who signed out here is signed in again after a restart, if somebody"
                            + " kept the cookie",
                    file.path(),
                    e.toString());
            ended = joined(ended);
        } finally {
            looking.unlock();
        }
    }

    private void write() throws IOException, UsersException {
        Map<String, Long> written = users.exclusively(() -> {
            Map<String, Long> all = joined(read());
            String text = all.entrySet().stream()
                    .map(entry -> entry.getValue() + " " + entry.getKey() + "\n")
                    .sorted()
                    .collect(Collectors.joining());
            PrivateFiles.replace(file.path(), text.getBytes(StandardCharsets.US_ASCII));
            return all;
        });
        ended = written;
        unwritten.clear();
    }

    private Map<String, Long> joined(Map<String, Long> known) {
        Map<String, Long> all = new HashMap<>(known);
        all.putAll(unwritten);
        return Map.copyOf(all);
    }

    private void lookIfDue() {
        if (Math.abs(clock.millis() - lookedAtMillis) >= LOOK_EVERY_MILLIS && looking.tryLock()) {
            try {
                lookedAtMillis = clock.millis();
                Optional<UsersFile.Version> found = file.version();
                if (!found.equals(version)) {
                    ended = joined(read());
                    version = found;
                }
            } catch (IOException e) {
                LOG.warn("{} cannot be read: {}", file.path(), e.toString());
            } finally {
                looking.unlock();
            }
        }
    }

    /** What the file says of sessions that would last otherwise; a line that is damaged says nothing. */
    private Map<String, Long> read() throws IOException {
        Map<String, Long> read = new HashMap<>();
        Instant now = clock.instant();
        try {
            for (String line : Files.readAllLines(file.path(), StandardCharsets.US_ASCII)) {
                Matcher form = LINE.matcher(line);
                if (form.matches()) {
                    long expires = Long.parseLong(form.group("expires"));
                    if (now.isBefore(Instant.ofEpochSecond(expires))) {
                        read.put(form.group("proof"), expires);
                    }
                }
            }
        } catch (NoSuchFileException e) {
            return Map.of();
        }
        return read;
    }
}
