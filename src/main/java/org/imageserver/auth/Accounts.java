package org.imageserver.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * One content of the users file, with what was learnt while it stood: which tokens were verified. A changed file makes
 * a new one, which knows nothing. At most one token an account is remembered, and never its text. Thread-safe.
 */
final class Accounts {
    private static final SecretKeySpec KEY_OF_THIS_PROCESS = randomKey();

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
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(KEY_OF_THIS_PROCESS);
            return mac.doFinal(token.text().getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private static SecretKeySpec randomKey() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return new SecretKeySpec(key, "HmacSHA256");
    }
}
