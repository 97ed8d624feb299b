package org.imageserver.auth;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An account as the users file holds it.
 *
 * @param name how it logs in, unique
 * @param uuid the owner that is recorded in what it publishes
 * @param role what it may do
 * @param created when it was added
 * @param expires from when on it is refused; {@link #NEVER} if never
 * @param revoked when it was revoked, if it was; it keeps its uuid, because manifests name it
 * @param token its one token, hashed; a revoked account has none
 */
public record User(
        String name,
        String uuid,
        Role role,
        Instant created,
        Instant expires,
        Optional<Instant> revoked,
        Optional<TokenHash> token) {

    /** The time of expiry of what does not expire. */
    public static final Instant NEVER = Instant.MAX;

    /** Names are also names of {@code NAME.keys} files, and stand before the colon of HTTP Basic. */
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

    static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /**
     * What is kept of a token.
     *
     * @param id the part of the token that finds its account; no secret
     * @param bcrypt the hash of the whole token
     */
    public record TokenHash(String id, String bcrypt) {}

    /** Whether it may log in at that time. */
    public boolean isActive(Instant now) {
        return revoked.isEmpty() && now.isBefore(expires);
    }

    User revokedAt(Instant when) {
        return new User(name, uuid, role, created, expires, Optional.of(when), Optional.empty());
    }

    Principal.Account account() {
        return new Principal.Account(name, uuid, role);
    }
}
