package org.imageserver.auth;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.imageserver.auth.User.TokenHash;

/**
 * Who signed in with a browser. Nothing is kept of a session: its cookie is {@code NAME:EXPIRES:PROOF:RANDOM:SIGNATURE},
 * and the signature also covers the account's uuid and the hash of its present token. So it ends by itself when the
 * account is revoked, expires or gets a new token; and when the ssh key goes that it was begun with. Only of one that
 * somebody signed out of is it written down that it has ended. Thread-safe.
 */
public final class Sessions {
    /** The name of the cookie. */
    public static final String COOKIE = "image-server-session";

    /** How long a session lasts. */
    public static final Duration LIFETIME = Duration.ofDays(7);

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String BY_TOKEN = "token";
    private static final Pattern FORM =
            Pattern.compile("(?<name>[^:]{1,64}):(?<expires>[0-9]{1,12}):(?<proof>[A-Za-z0-9+/]{1,64})"
                    + ":(?<random>[0-9a-f]{16}):(?<signature>[A-Za-z0-9_-]{43})");

    private final SessionKey key;
    private final EndedSessions ended;
    private final Users users;
    private final AuthorizedKeys keys;
    private final InstantSource clock;

    /** Keeps the key that signs beside the users file. */
    public Sessions(Path usersFile, Users users, AuthorizedKeys keys, InstantSource clock) {
        this.key = new SessionKey(usersFile, clock);
        this.ended = new EndedSessions(usersFile, clock);
        this.users = users;
        this.keys = keys;
        this.clock = clock;
    }

    /** Begins a session of somebody who has just shown his token; the cookie's value. Waits for the disk. */
    Optional<String> beginByToken(String name) {
        return begin(name, BY_TOKEN);
    }

    /** Begins a session of somebody who has just signed with an ssh key. */
    Optional<String> beginByKey(String name, SshPublicKey by) {
        return begin(name, by.sha256());
    }

    private Optional<String> begin(String name, String proof) {
        long expires = clock.instant().plus(LIFETIME).getEpochSecond();
        // So that no session is another one's twin, which would end with it.
        String random = HexFormat.of().toHexDigits(RANDOM.nextLong());
        return users.active(name)
                .map(user -> String.join(
                        ":",
                        user.name(),
                        Long.toString(expires),
                        proof,
                        random,
                        signature(key.get(), user, Long.toString(expires), proof, random)));
    }

    /** The value of our cookie in a Cookie header, good or not. */
    public static Optional<String> cookieIn(String header) {
        for (String pair : header.split(";", -1)) {
            String[] parts = pair.strip().split("=", 2);
            if (parts.length == 2 && parts[0].equals(COOKIE)) {
                return Optional.of(parts[1]);
            }
        }
        return Optional.empty();
    }

    /** The session of this cookie, if it lasts; costs microseconds, and a look at the disk each second. */
    public Optional<Session> find(String cookie) {
        Matcher form = FORM.matcher(cookie);
        Optional<Hmac> signing = key.known();
        if (!form.matches() || signing.isEmpty() || !isAhead(form.group("expires"))) {
            return Optional.empty();
        }
        String proof = form.group("proof");
        return users.active(form.group("name"))
                .filter(user -> Hmac.isSame(
                        form.group("signature"),
                        signature(signing.get(), user, form.group("expires"), proof, form.group("random"))))
                .filter(user -> proof.equals(BY_TOKEN) || hasKey(user, proof))
                .map(user -> new Session(
                        user.account(), signing.get().text("csrf\n" + cookie), instant(form.group("expires"))))
                .filter(session -> !ended.contains(session));
    }

    /** Ends a session wherever its cookie is; waits for the disk. */
    public void end(Session session) {
        ended.add(session);
    }

    private boolean isAhead(String expires) {
        return clock.instant().isBefore(instant(expires));
    }

    private static Instant instant(String seconds) {
        return Instant.ofEpochSecond(Long.parseLong(seconds));
    }

    private boolean hasKey(User user, String fingerprint) {
        return keys.of(user.name()).stream().anyMatch(own -> own.sha256().equals(fingerprint));
    }

    private static String signature(Hmac key, User user, String expires, String proof, String random) {
        String token = user.token().map(TokenHash::bcrypt).orElse("");
        return key.text(String.join("\n", "session", user.name(), user.uuid(), expires, proof, random, token));
    }
}
