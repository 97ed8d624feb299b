package org.imageserver.auth;

import java.security.PublicKey;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a person with a browser gets a session: by a token, or by a text that is signed with an ssh key. Refusals look
 * alike, cost alike and slow their address down, as those of {@link Authenticator} do. Thread-safe; what waits for a
 * hash or the disk says so.
 */
public final class SignIn {
    /** What signatures are made for ({@code ssh-keygen -n}), so that one made for something else is of no use here. */
    public static final String NAMESPACE = "image-server";

    private final Authenticator authenticator;
    private final Users users;
    private final AuthorizedKeys keys;
    private final Sessions sessions;
    private final SshChallenges challenges;

    /** What came of it. */
    public sealed interface Result {
        /**
         * A session has begun.
         *
         * @param cookie the value of the cookie {@link Sessions#COOKIE}
         */
        record Begun(String cookie) implements Result {
            @Override
            public String toString() {
                return "Begun[...]";
            }
        }

        /**
         * It did not: {@link Outcome.Refused} or {@link Outcome.Later}.
         *
         * @param because what the person may be told
         */
        record Failed(Outcome because) implements Result {}
    }

    /** Begins sessions of these accounts. */
    public SignIn(
            Authenticator authenticator, Users users, AuthorizedKeys keys, Sessions sessions, InstantSource clock) {
        this.authenticator = authenticator;
        this.users = users;
        this.keys = keys;
        this.sessions = sessions;
        this.challenges = new SshChallenges(clock);
    }

    /** A text to be signed, good for ten minutes and one sign-in. */
    public String challenge() {
        return challenges.next();
    }

    /** By name and token; takes about 50 ms of this thread, and may wait for the disk. */
    public Result byToken(String name, String token, String address) {
        return begun(authenticator.authenticate(Attempt.ofForm(name, token, address)), sessions::beginByToken);
    }

    /**
     * By an ssh key; may wait for the disk.
     *
     * @param challenge the text that was signed, as {@link #challenge} made it
     * @param signature what {@code ssh-keygen -Y sign} printed
     */
    public Result byKey(String name, String challenge, String signature, String address) {
        Optional<SshSignature> parsed = SshSignature.parse(signature);
        Outcome outcome = authenticator.judge(address, name, () -> check(name, challenge, parsed));
        return begun(outcome, who -> keyOf(who, parsed).flatMap(key -> sessions.beginByKey(who, key)));
    }

    /** Signs out; waits for the disk. */
    public void end(Session session) {
        sessions.end(session);
    }

    private Outcome check(String name, String challenge, Optional<SshSignature> signature) {
        if (signature.isEmpty() || !signature.get().namespace().equals(NAMESPACE)) {
            return new Outcome.Refused("no signature of ssh-keygen -Y sign -n " + NAMESPACE);
        }
        Optional<Principal.Account> account = users.find(name);
        PublicKey key = account.flatMap(found -> keyOf(found.name(), signature))
                .map(SshPublicKey::key)
                // As costly, so that a refusal does not tell whether there is such an account.
                .orElseGet(() -> SignatureAlgorithms.decoy("ed25519"));
        boolean isSigned = signature.get().isOf(key, challenge);
        if (account.isEmpty() || !isSigned) {
            return new Outcome.Refused(account.isEmpty() ? "no such account" : "no key of the account signed this");
        }
        if (!challenges.isGood(challenge)) {
            return new Outcome.Refused("the text that was signed is not ours, or too old");
        }
        return challenges.use(challenge).orElseGet(() -> new Outcome.Known(account.get()));
    }

    private Optional<SshPublicKey> keyOf(String name, Optional<SshSignature> signature) {
        List<SshPublicKey> own = keys.of(name);
        return signature.flatMap(made -> own.stream()
                .filter(key -> key.sha256().equals(made.fingerprint()))
                .findFirst());
    }

    private static Result begun(Outcome outcome, Function<String, Optional<String>> begin) {
        if (outcome instanceof Outcome.Known known && known.principal() instanceof Principal.Account account) {
            return begin.apply(account.name())
                    .<Result>map(Result.Begun::new)
                    .orElseGet(() -> new Result.Failed(new Outcome.Refused("the account has just ended")));
        }
        return new Result.Failed(outcome);
    }
}
