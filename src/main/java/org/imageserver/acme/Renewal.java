package org.imageserver.acme;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** When a certificate is to be got, and when after a failure. No state. */
final class Renewal {
    private static final Duration FIRST_PAUSE = Duration.ofMinutes(10);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(12);

    /** The type of a host name in a certificate (RFC 5280, 4.2.1.6). */
    private static final int DNS_NAME = 2;

    private Renewal() {}

    /**
     * When the certificate that is there is to be replaced: after two thirds of its life and a little, which is another
     * time for each certificate, so that many servers do not come at once; at once, if it is not for these hosts.
     */
    static Instant due(X509Certificate shown, List<String> domains) {
        boolean isOwn = shown.getIssuerX500Principal().equals(shown.getSubjectX500Principal());
        if (isOwn || !hosts(shown).equals(new HashSet<>(domains))) {
            return Instant.EPOCH;
        }
        Instant begin = shown.getNotBefore().toInstant();
        long life = Duration.between(begin, shown.getNotAfter().toInstant()).toMillis();
        long jitter = Math.floorMod(shown.getSerialNumber().hashCode(), 1000L) * life / 30_000;
        return begin.plusMillis(life * 2 / 3 + jitter);
    }

    private static Set<String> hosts(X509Certificate certificate) {
        Set<String> hosts = new HashSet<>();
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names != null) {
                for (List<?> name : names) {
                    if (name.getFirst().equals(DNS_NAME)) {
                        hosts.add(name.get(1).toString().toLowerCase(Locale.ROOT));
                    }
                }
            }
        } catch (CertificateParsingException e) {
            // It is for nobody, then.
            return Set.of();
        }
        return hosts;
    }

    /** Twice as long each time, and a little more by chance. */
    static Duration pause(int failures) {
        long least = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(failures - 1, 10));
        return Duration.ofMillis(least + ThreadLocalRandom.current().nextLong(least / 4));
    }
}
