package org.imageserver.tls;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How it stands with the certificate that clients are shown.
 *
 * @param begins when its life begins
 * @param ends after which clients refuse it
 * @param renewal of one that is renewed by itself
 */
public record CertificateState(Instant begins, Instant ends, Optional<RenewalState> renewal) {
    private static final Duration TWO_WEEKS = Duration.ofDays(14);

    /** Whether somebody should look after it: what renews it should have done so long before. */
    public boolean isNearEnd(Instant now) {
        Duration sixth = Duration.between(begins, ends).dividedBy(6);
        return now.plus(sixth.compareTo(TWO_WEEKS) < 0 ? sixth : TWO_WEEKS).isAfter(ends);
    }

    /** For people: until when it is valid, and what renews it. */
    public String describe(Instant now) {
        return (ends.isBefore(now) ? "expired at " : "valid until ")
                + ends
                + renewal.map(CertificateState::describe).orElse("");
    }

    private static String describe(RenewalState renewal) {
        return ", from " + renewal.authority().getHost() + ", asked again at " + renewal.next()
                + renewal.lastFailure().map(failure -> "; failed " + failure).orElse("");
    }
}
