package org.imageserver.auth;

import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.imageserver.auth.Outcome.Known;
import org.imageserver.auth.Outcome.Later;
import org.imageserver.auth.Outcome.Refused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who asks: HTTP Basic, Bearer, or an HTTP signature by an ssh key. Every refusal looks alike to the client,
 * costs alike, slows its address down, and is logged. Thread-safe.
 */
public final class Authenticator {
    /** The value of WWW-Authenticate, on every 401 the same. */
    public static final String CHALLENGE = "Basic realm=\"image-server\", charset=\"UTF-8\", Bearer"
            + " realm=\"image-server\", Signature realm=\"image-server\", headers=\"(request-target) date\"";

    private static final Logger LOG = LoggerFactory.getLogger(Authenticator.class);
    private static final int REMEMBERED_ADDRESSES = 10_000;

    private final Users users;
    private final HttpSignature signatures;
    private final LoginThrottle throttle;

    /** Asks these accounts and keys. */
    public Authenticator(Users users, AuthorizedKeys keys, InstantSource clock) {
        this.users = users;
        this.signatures = new HttpSignature(users, keys, clock);
        this.throttle = new LoginThrottle(clock, REMEMBERED_ADDRESSES);
    }

    /**
     * The answer, where it takes microseconds: no credential, a token that was verified before, or an address that has
     * to wait. Empty: ask {@link #authenticate}, on a thread that may be busy for a while.
     */
    public Optional<Outcome> atOnce(Attempt attempt) {
        return atOnce(Credential.parse(attempt.header("authorization")), attempt);
    }

    /** The answer; a token that is seen for the first time takes about 50 ms of this thread. */
    public Outcome authenticate(Attempt attempt) {
        Credential credential = Credential.parse(attempt.header("authorization"));
        return atOnce(credential, attempt)
                .orElseGet(() -> noted(attempt.address(), credential.claimedName(), check(credential, attempt)));
    }

    /** The answer to a proof of another kind, which the throttle slows down all the same. */
    Outcome judge(String address, String claimedName, Supplier<Outcome> check) {
        return throttle.remainingWait(address)
                .<Outcome>map(Later::new)
                .orElseGet(() -> noted(address, Optional.of(claimedName), check.get()));
    }

    private Outcome noted(String address, Optional<String> claimedName, Outcome outcome) {
        if (outcome instanceof Refused refused) {
            throttle.failed(address);
            LOG.atWarn()
                    .addKeyValue("address", address)
                    .addKeyValue("user", LogText.printable(claimedName.orElse("")))
                    .log("a login was refused: {}", refused.reason());
        }
        return outcome;
    }

    private Optional<Outcome> atOnce(Credential credential, Attempt attempt) {
        if (credential instanceof Credential.None) {
            return Optional.of(new Known(new Principal.Anonymous()));
        }
        // Before the throttle: who guesses behind the same proxy does not lock out who is known.
        if (credential instanceof Credential.TokenOf sent) {
            Optional<Outcome> known =
                    users.remembered(sent.name(), sent.token()).map(Known::new);
            if (known.isPresent()) {
                return known;
            }
        }
        return throttle.remainingWait(attempt.address()).map(Later::new);
    }

    private Outcome check(Credential credential, Attempt attempt) {
        return switch (credential) {
            case Credential.None none -> new Known(new Principal.Anonymous());
            case Credential.TokenOf sent ->
                users.authenticate(sent.name(), sent.token())
                        .<Outcome>map(Known::new)
                        .orElseGet(() -> new Refused("no such account with this token"));
            case Credential.Signed signed -> signatures.check(signed.header(), attempt);
            case Credential.Unreadable unreadable -> new Refused(unreadable.reason());
        };
    }
}
