package org.imageserver.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.imageserver.auth.Outcome.Later;
import org.imageserver.auth.Outcome.Refused;

/**
 * Keeps a signed write from being sent again by somebody else, for as long as its date is good.
 *
 * <p>imgapi-cli signs nothing but the date, in whole seconds, so the requests of one publication may well carry one and
 * the same signature. Therefore what was signed, by whom, may be used for one write to a target, and from one address
 * only; what a read showed to a listener is of no use from elsewhere either. It counts what was signed, not the
 * signature: of one ECDSA signature anybody makes another that is as good.
 *
 * <p>Memory is bounded. When it is full, signed writes have to wait, because forgetting would let one in again. Reads
 * are remembered as long as half of it is free. Thread-safe.
 */
final class SignedRequests {
    private static final class Use {
        private final String address;
        private final Instant since;
        private final Set<String> writes = new HashSet<>();

        private Use(String address, Instant since) {
            this.address = address;
            this.since = since;
        }
    }

    private final InstantSource clock;
    private final Duration memory;
    private final int capacity;
    private final Map<String, Use> uses = new LinkedHashMap<>();
    private int remembered;

    /** Remembers so many requests for that long, which has to be the whole time that a date is good for. */
    SignedRequests(InstantSource clock, Duration memory, int capacity) {
        this.clock = clock;
        this.memory = memory;
        this.capacity = capacity;
    }

    /** Notes a request whose signature is good. Empty: let it in. */
    synchronized Optional<Outcome> admit(String owner, byte[] signed, Attempt attempt) {
        Instant now = clock.instant();
        forgetBefore(now.minus(memory));
        String key = digest(owner + "\n" + new String(signed, StandardCharsets.ISO_8859_1));
        if (attempt.isRead()) {
            if (remembered < capacity / 2 && !uses.containsKey(key)) {
                use(key, attempt, now);
            }
            return Optional.empty();
        }
        if (remembered + 2 > capacity) {
            return Optional.of(new Later(untilTheOldestGoes(now)));
        }
        Use use = use(key, attempt, now);
        if (!use.address.equals(attempt.address())) {
            return Optional.of(new Refused("what was signed was sent from " + use.address + " before"));
        }
        if (!use.writes.add(digest(attempt.method() + " " + attempt.target()))) {
            return Optional.of(new Refused("this signed write was sent before"));
        }
        remembered++;
        return Optional.empty();
    }

    private Use use(String key, Attempt attempt, Instant now) {
        return uses.computeIfAbsent(key, absent -> {
            remembered++;
            return new Use(attempt.address(), now);
        });
    }

    private void forgetBefore(Instant time) {
        for (Iterator<Use> oldest = uses.values().iterator(); oldest.hasNext(); ) {
            Use use = oldest.next();
            if (!use.since.isBefore(time)) {
                return;
            }
            remembered -= 1 + use.writes.size();
            oldest.remove();
        }
    }

    private Duration untilTheOldestGoes(Instant now) {
        return uses.values().stream()
                .findFirst()
                .map(use -> Duration.between(now, use.since.plus(memory)))
                .orElse(Duration.ZERO)
                .plusSeconds(1);
    }

    private static String digest(String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
