package org.imageserver.auth;

import java.time.Instant;

/**
 * Somebody who signed in with a browser.
 *
 * @param account who
 * @param csrf what its writes must carry beside the cookie: the browser sends the cookie by itself, whichever page made
 *     the request, but only our own pages know this
 * @param expires when it ends by itself
 */
public record Session(Principal.Account account, String csrf, Instant expires) {
    /** Whether a request that carries this beside the cookie was made by one of our own pages. */
    public boolean isProvedBy(String sent) {
        return Hmac.isSame(csrf, sent);
    }

    /** Never the secret: records print themselves into logs. */
    @Override
    public String toString() {
        return "session of " + account.name();
    }
}
