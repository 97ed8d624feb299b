package org.imageserver.auth;

import java.util.ArrayList;
import java.util.List;

/** Bcrypt at its cheapest, which says what it was asked to compare with. */
final class CountingHasher implements TokenHasher {
    private final TokenHasher real = TokenHasher.bcrypt(4);
    private final List<String> compared = new ArrayList<>();

    @Override
    public String hash(Token token) {
        return real.hash(token);
    }

    @Override
    public synchronized boolean matches(Token token, String hash) {
        compared.add(hash);
        return real.matches(token, hash);
    }

    @Override
    public String decoy() {
        return real.decoy();
    }

    /** How many hashes were computed since this was asked last; each must have cost as much as a real one. */
    synchronized int computed() {
        int count = (int)
                compared.stream().filter(hash -> hash.startsWith("$2a$04$")).count();
        compared.clear();
        return count;
    }
}
