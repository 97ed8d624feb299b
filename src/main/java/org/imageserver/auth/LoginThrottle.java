package org.imageserver.auth;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Slows down who guesses: after a few failures an address has to wait before its next login is looked at, twice as
 * long after each further one. Says how long rather than sleeping. Memory is bounded: the address that failed longest
 * ago is forgotten first. Thread-safe.
 */
final class LoginThrottle {
    /** A person mistypes, and five downloads at once carry the same old password. */
    private static final int FREE_FAILURES = 10;

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(15);

    private record Failures(int count, Instant last) {
        Instant until() {
            if (count < FREE_FAILURES) {
                return last;
            }
            Duration wait = Duration.ofSeconds(1L << Math.min(count - FREE_FAILURES, 20));
            return last.plus(wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT);
        }
    }

    private final InstantSource clock;
    private final Map<String, Failures> failures;

    /** Remembers so many addresses. */
    LoginThrottle(InstantSource clock, int capacity) {
        this.clock = clock;
        this.failures = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
                return size() > capacity;
            }
        };
    }

    /** How long logins from that address have to wait; empty: not at all. */
    synchronized Optional<Duration> remainingWait(String address) {
        @Nullable Failures known = failures.get(group(address));
        Instant now = clock.instant();
        return known == null || !now.isBefore(known.until())
                ? Optional.empty()
                : Optional.of(Duration.between(now, known.until()));
    }

    /** A login from that address was refused. */
    synchronized void failed(String address) {
        String group = group(address);
        Instant now = clock.instant();
        // Removed and put again, so that it is the youngest.
        @Nullable Failures before = failures.remove(group);
        int count = before == null || now.isAfter(before.last().plus(FORGOTTEN_AFTER)) ? 0 : before.count();
        failures.put(group, new Failures(count + 1, now));
    }

    /** One customer of a provider has 2^64 addresses of IPv6: these count as one. */
    private static String group(String address) {
        if (!address.contains(":")) {
            return address;
        }
        try {
            // In brackets nothing but a literal address is accepted, so no name is ever looked up.
            InetAddress parsed = InetAddress.getByName("[" + address.replaceFirst("%.*", "") + "]");
            return parsed instanceof Inet6Address
                    ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), 8))
                    : parsed.getHostAddress();
        } catch (UnknownHostException e) {
            return address;
        }
    }
}
