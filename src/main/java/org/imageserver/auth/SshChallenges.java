package org.imageserver.auth;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Texts to be signed with an ssh key, each good for one sign-in within a few minutes. They carry their own proof that
 * they were made here, so asking for one costs no memory; only those that were used are remembered, until they would
 * have expired. The proof ends with the process, and so does the memory of what was used. Thread-safe.
 */
final class SshChallenges {
    /** Time to find the key, and to type its passphrase. */
    static final Duration LIFETIME = Duration.ofMinutes(10);

    /** Everybody in here has an account and a key. */
    private static final int MOST_USED = 10_000;

    private static final Pattern FORM =
            Pattern.compile("(?<claim>[A-Za-z0-9_-]{16}\\.(?<expires>[0-9]{10,12}))\\.(?<proof>[A-Za-z0-9_-]{43})");

    private final Hmac ofThisProcess = Hmac.random();
    private final SecureRandom random = new SecureRandom();
    private final InstantSource clock;
    private final Map<String, Instant> used = new LinkedHashMap<>();

    SshChallenges(InstantSource clock) {
        this.clock = clock;
    }

    /** A new one: letters, digits, dots, - and _, so that a shell takes it as it is. */
    String next() {
        byte[] unique = new byte[12];
        random.nextBytes(unique);
        String claim = Base64.getUrlEncoder().withoutPadding().encodeToString(unique) + "."
                + clock.instant().plus(LIFETIME).getEpochSecond();
        return claim + "." + ofThisProcess.text(claim);
    }

    /** Whether it was made here and is not too old; says nothing about its having been used. */
    boolean isGood(String challenge) {
        Matcher form = FORM.matcher(challenge);
        return form.matches()
                && Hmac.isSame(form.group("proof"), ofThisProcess.text(form.group("claim")))
                && clock.instant().isBefore(Instant.ofEpochSecond(Long.parseLong(form.group("expires"))));
    }

    /** Notes that a good one was used; the refusal if it had been before, or if too many were. */
    synchronized Optional<Outcome> use(String challenge) {
        Instant now = clock.instant();
        for (Iterator<Instant> oldest = used.values().iterator(); oldest.hasNext(); ) {
            if (now.isBefore(oldest.next())) {
                break;
            }
            oldest.remove();
        }
        if (used.containsKey(challenge)) {
            return Optional.of(new Outcome.Refused("this text was signed in with before"));
        }
        if (used.size() >= MOST_USED) {
            return Optional.of(new Outcome.Later(LIFETIME));
        }
        used.put(challenge, now.plus(LIFETIME));
        return Optional.empty();
    }
}
