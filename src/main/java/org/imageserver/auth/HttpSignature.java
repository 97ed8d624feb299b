package org.imageserver.auth;

import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.imageserver.auth.Outcome.Known;
import org.imageserver.auth.Outcome.Refused;
import org.imageserver.auth.Principal.Account;

/** Checks HTTP signatures: the key, what was signed, its date, and that no write comes twice. Thread-safe. */
final class HttpSignature {
    /** How far a client's clock may be off, either way; sdc-imgapi's. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    private static final int REMEMBERED_REQUESTS = 20_000;

    private final Users users;
    private final AuthorizedKeys keys;
    private final InstantSource clock;
    private final SignedRequests requests;

    HttpSignature(Users users, AuthorizedKeys keys, InstantSource clock) {
        this.users = users;
        this.keys = keys;
        this.clock = clock;
        // A date 300 s ahead stays good for 600 s.
        this.requests = new SignedRequests(clock, SKEW.multipliedBy(2), REMEMBERED_REQUESTS);
    }

    Outcome check(SignatureHeader header, Attempt attempt) {
        List<String> names = signedNames(header, attempt);
        Optional<byte[]> signed = signedBytes(names, attempt);
        if (signed.isEmpty()) {
            return new Refused("a header that is said to be signed is missing");
        }
        Optional<Account> account = users.find(header.user());
        boolean isGood = isSignedBy(candidates(header, account), header, signed.get());
        if (account.isEmpty() || !isGood) {
            return new Refused(account.isEmpty() ? "no such account" : "no key of the account made this signature");
        }
        return whyItsDateIsNoGood(names, attempt)
                .<Outcome>map(Refused::new)
                .or(() -> requests.admit(account.get().uuid(), signed.get(), attempt))
                .orElseGet(() -> new Known(account.get()));
    }

    /** Without a list the date is signed; x-date in its place, for clients that cannot set Date. */
    private static List<String> signedNames(SignatureHeader header, Attempt attempt) {
        if (!header.signed().isEmpty()) {
            return header.signed();
        }
        return List.of(attempt.header("x-date").isPresent() ? "x-date" : "date");
    }

    private static Optional<byte[]> signedBytes(List<String> names, Attempt attempt) {
        List<String> lines = new ArrayList<>();
        for (String name : names) {
            Optional<String> line = switch (name) {
                // The first is an older draft's, which wrote the line of the request as it was sent.
                case "request-line" -> Optional.of(attempt.method() + " " + attempt.target() + " HTTP/1.1");
                case "(request-target)" ->
                    Optional.of(name + ": " + attempt.method().toLowerCase(Locale.ROOT) + " " + attempt.target());
                default -> attempt.header(name).map(value -> name + ": " + value);
            };
            if (line.isEmpty()) {
                return Optional.empty();
            }
            lines.add(line.get());
        }
        return Optional.of(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }

    /** The keys to try; where there are none, one that nobody has, so that it takes as long. */
    private List<PublicKey> candidates(SignatureHeader header, Optional<Account> account) {
        List<PublicKey> found = account.map(Account::name).map(keys::of).orElse(List.of()).stream()
                .filter(key -> header.fingerprint().map(key::hasFingerprint).orElse(true))
                .map(SshPublicKey::key)
                .toList();
        return found.isEmpty() ? List.of(SignatureAlgorithms.decoy(header.algorithm())) : found;
    }

    private static boolean isSignedBy(List<PublicKey> candidates, SignatureHeader header, byte[] signed) {
        return candidates.stream()
                .anyMatch(key -> SignatureAlgorithms.isValid(header.algorithm(), key, signed, header.signature()));
    }

    /** Only a date that is signed itself says when the request was signed. */
    private Optional<String> whyItsDateIsNoGood(List<String> names, Attempt attempt) {
        String name = names.contains("x-date") ? "x-date" : "date";
        if (!names.contains(name)) {
            return Optional.of("the date is not signed");
        }
        Optional<Instant> date = attempt.header(name).flatMap(HttpSignature::parseDate);
        if (date.isEmpty()) {
            return Optional.of("its " + name + " is no date");
        }
        Duration off = Duration.between(date.get(), clock.instant()).abs();
        return off.compareTo(SKEW) > 0
                ? Optional.of("its " + name + " is " + off.toSeconds() + " s off: are both clocks right?")
                : Optional.empty();
    }

    private static Optional<Instant> parseDate(String text) {
        for (DateTimeFormatter format :
                List.of(DateTimeFormatter.RFC_1123_DATE_TIME, DateTimeFormatter.ISO_OFFSET_DATE_TIME)) {
            try {
                return Optional.of(format.parse(text, Instant::from));
            } catch (DateTimeException e) {
                // The other form, or none.
            }
        }
        return Optional.empty();
    }
}
