package org.imageserver.auth;

import java.time.Duration;

/** What came of a login. */
public sealed interface Outcome {
    /** It is known who asks: an account, or nobody where no credential was sent. */
    record Known(Principal principal) implements Outcome {}

    /**
     * The credential is no good. Clients are told just that, and {@link Authenticator#CHALLENGE}.
     *
     * @param reason for the log alone; it may tell whether an account exists
     */
    record Refused(String reason) implements Outcome {}

    /**
     * The credential was not looked at, good or not, because too much was tried; the client may come again.
     *
     * @param retryAfter how long it should wait before that
     */
    record Later(Duration retryAfter) implements Outcome {}
}
