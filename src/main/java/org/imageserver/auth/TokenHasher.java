package org.imageserver.auth;

import at.favre.lib.crypto.bcrypt.BCrypt;

/** Hashes tokens, slowly. Implementations are thread-safe. */
interface TokenHasher {
    /** A hash that {@link #matches} knows again. */
    String hash(Token token);

    /** Compares in a time that does not depend on how much is right. */
    boolean matches(Token token, String hash);

    /** A hash that no token has, for as costly a comparison when there is no account. */
    String decoy();

    /** Bcrypt, about 50 ms each; a token is 32 random bytes, so that more would protect nothing more. */
    static TokenHasher bcrypt() {
        return bcrypt(10);
    }

    /** Bcrypt of 2^cost rounds, cost 4 to 31. */
    static TokenHasher bcrypt(int cost) {
        return new TokenHasher() {
            @Override
            public String hash(Token token) {
                return BCrypt.withDefaults().hashToString(cost, token.text().toCharArray());
            }

            @Override
            public boolean matches(Token token, String hash) {
                return BCrypt.verifyer().verify(token.text().toCharArray(), hash).verified;
            }

            @Override
            public String decoy() {
                // A salt and a hash of zeros, in bcrypt's own base64.
                return String.format("$2a$%02d$%s", cost, ".".repeat(22 + 31));
            }
        };
    }
}
