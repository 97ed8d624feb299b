package org.imageserver.http.health;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.tls.CertificateState;
import org.imageserver.tls.RenewalState;

/** Whether the server can do its work, by looking at what it needs. Thread-safe; may wait for the disk. */
final class Health {
    /** So many intervals without a good look at the images are no accident. */
    private static final int MISSED_LOOKS = 5;

    /** A look at many images, on a busy machine. */
    private static final Duration ONE_LOOK = Duration.ofSeconds(30);

    /** With less, most images cannot be published any more. */
    private static final long LITTLE_ROOM = 1L << 30;

    private final Catalogue catalogue;
    private final Duration interval;
    private final Supplier<Optional<CertificateState>> certificate;

    /**
     * Makes a judge.
     *
     * @param interval between two looks at the images
     * @param certificate that clients are shown
     */
    Health(Catalogue catalogue, Duration interval, Supplier<Optional<CertificateState>> certificate) {
        this.catalogue = catalogue;
        this.interval = interval;
        this.certificate = certificate;
    }

    /** What came of a check. */
    enum Result {
        OK,

        /** Somebody should do something, but clients can be served. */
        WARNING,

        /** Clients are better sent to another server. */
        FAILED
    }

    /** What was looked at, what came of it, and what to do. */
    record Check(String name, Result result, String message) {}

    List<Check> checks() {
        List<Check> checks = new ArrayList<>(List.of(images(), storage(), files()));
        certificate.get().map(Health::certificate).ifPresent(checks::add);
        return checks;
    }

    /** Not why it is not renewed: what an authority says is for admins. */
    private static Check certificate(CertificateState state) {
        Instant now = Instant.now();
        int failures = state.renewal().map(RenewalState::failures).orElse(0);
        String until = (state.ends().isBefore(now) ? "expired at " : "valid until ") + state.ends();
        return failures == 0 && !state.isNearEnd(now)
                ? new Check("certificate", Result.OK, until)
                : new Check(
                        "certificate",
                        Result.WARNING,
                        until
                                + (failures == 0
                                        ? ": renew it"
                                        : "; to renew it failed " + failures + " times: the log says why"));
    }

    private Check images() {
        Duration age = catalogue.sinceLastLook();
        String when = "the images were looked at " + age.toSeconds() + " s ago, of every "
                + interval.toMillis() / 1000.0 + " s";
        return age.compareTo(interval.multipliedBy(MISSED_LOOKS).plus(ONE_LOOK)) > 0
                ? new Check("images", Result.FAILED, when + ": what is served may be old; the log says what is wrong")
                : new Check("images", Result.OK, when);
    }

    /** Their number alone: who asks may not know of all images. */
    private Check files() {
        int damaged = catalogue.quarantine().uuids().size();
        return damaged == 0
                ? new Check("files", Result.OK, "none is known to be damaged")
                : new Check(
                        "files",
                        Result.WARNING,
                        damaged + " damaged, and not served: /status names them to admins; publish them again");
    }

    private Check storage() {
        try {
            long usable = catalogue.usableBytes();
            if (usable == Long.MAX_VALUE) {
                return new Check("storage", Result.OK, "it answers");
            }
            String room = (usable >> 20) + " MiB are free";
            return usable < LITTLE_ROOM
                    ? new Check("storage", Result.WARNING, room + ": delete images, or give it more room")
                    : new Check("storage", Result.OK, room);
        } catch (IOException e) {
            return new Check("storage", Result.FAILED, "it cannot be asked: " + e.getMessage());
        }
    }
}
