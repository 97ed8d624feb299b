package org.imageserver.auth;

import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One content of the users file, with what was learnt while it stood: which tokens were verified. A changed file makes
 * a new one, which knows nothing. At most one token an account is remembered, and never its text. Thread-safe.
 */
final class Accounts {
    private static final Hmac OF_THIS_PROCESS = Hmac.random();

    private final Map<String, User> byName = new HashMap<>();
    private final Map<String, User> byTokenId = new HashMap<>();
    private final Map<String, byte[]> verified = new ConcurrentHashMap<>();

    Accounts() {
        this(List.of());
    }

    Accounts(List<User> users) {
        for (User user : users) {
            byName.put(user.name(), user);
            user.token().ifPresent(token -> byTokenId.put(token.id(), user));
        }
    }

    Optional<User> byName(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    Optional<User> byToken(Token token) {
        return Optional.ofNullable(byTokenId.get(token.id()));
    }

    void remember(User user, Token token) {
        verified.put(user.name(), mac(token));
    }

    boolean isVerified(User user, Token token) {
        byte @Nullable [] known = verified.get(user.name());
        return known != null && MessageDigest.isEqual(known, mac(token));
    }

    private static byte[] mac(Token token) {
        return OF_THIS_PROCESS.of(token.text());
    }
}
