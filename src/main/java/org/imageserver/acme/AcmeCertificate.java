package org.imageserver.acme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.imageserver.config.Settings.Acme;
import org.imageserver.tls.CertificateFiles;
import org.imageserver.tls.Challenges;
import org.imageserver.tls.RenewalState;
import org.imageserver.tls.SelfSigned;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeLazyLoadingException;
import org.shredzone.acme4j.exception.AcmeProtocolException;
import org.shredzone.acme4j.exception.AcmeRateLimitedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the certificate in a file valid, by a thread of its own: whoever shows it need only look whether the file has
 * changed. What fails leaves the old one where it is, and is tried again, later and later. Thread-safe.
 */
public final class AcmeCertificate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AcmeCertificate.class);

    /** The clock may be set, and the machine may have slept: the time is looked at again at least so often. */
    private static final Duration LONGEST_SLEEP = Duration.ofHours(1);

    private final Acme acme;
    private final CertificateFiles file;
    private final Path directory;
    private final Challenges challenges;
    private final Runnable whenRenewed;
    private final Thread thread = Thread.ofPlatform().daemon().name("acme").unstarted(this::run);

    /** Guarded by this, as all that follows. */
    private int failures;

    /** On the clock that nobody sets. */
    private long retryNanos = System.nanoTime();

    private boolean isWanted;
    private Instant next = Instant.EPOCH;
    private Optional<String> lastFailure = Optional.empty();

    /**
     * Makes a keeper that does nothing yet.
     *
     * @param file which holds certificate and key; what else is remembered lies beside it
     * @param challenges where the authority looks
     * @param whenRenewed is told that the file has changed
     */
    public AcmeCertificate(Acme acme, CertificateFiles file, Challenges challenges, Runnable whenRenewed) {
        this.acme = acme;
        this.file = file;
        this.directory = Objects.requireNonNull(file.key().toAbsolutePath().getParent());
        this.challenges = challenges;
        this.whenRenewed = whenRenewed;
    }

    /**
     * Makes a certificate that nobody has signed, if there is none yet: the authority may want to look by TLS.
     *
     * @throws IOException when it cannot be made
     */
    public void prepare() throws IOException {
        Files.createDirectories(directory);
        SelfSigned.makeIfMissing(file, acme.domains());
    }

    /** Begins to keep it; the listeners must be there. */
    public void start() {
        thread.start();
    }

    /** Tries again at once, as far as the authority can be asked so often: the operator may have mended something. */
    public synchronized void soon() {
        retryNanos = System.nanoTime();
        isWanted = true;
        notifyAll();
    }

    /** How it stands. */
    public synchronized RenewalState state() {
        return new RenewalState(acme.directory(), next, failures, lastFailure);
    }

    private void run() {
        try {
            while (true) {
                sleep(step());
            }
        } catch (InterruptedException stopped) {
            LOG.debug("the certificate is not renewed any more", stopped);
        }
    }

    private synchronized void sleep(Instant until) throws InterruptedException {
        next = until;
        long wait = Math.clamp(Duration.between(Instant.now(), until).toNanos(), 0, LONGEST_SLEEP.toNanos());
        long begun = System.nanoTime();
        while (!isWanted && System.nanoTime() - begun < wait) {
            wait(TimeUnit.NANOSECONDS.toMillis(wait - (System.nanoTime() - begun)) + 1);
        }
        isWanted = false;
    }

    /** Renews if it is time. Returns when it will be. */
    private Instant step() throws InterruptedException {
        try {
            Attempts attempts = Attempts.read(attemptsFile());
            Instant now = Instant.now();
            Instant may = latest(due(attempts), latest(attempts.next(now), now.plus(pauseLeft())));
            if (may.isAfter(now)) {
                return may;
            }
            // Before the authority hears of it: on a full disk nobody is asked in vain.
            Attempts begun = attempts.with(now);
            begun.write(attemptsFile());
            renew();
            succeeded(begun);
            return now;
        } catch (AcmeRateLimitedException limited) {
            return failed(limited, limited.getRetryAfter());
        } catch (IOException | AcmeException | AcmeProtocolException | AcmeLazyLoadingException e) {
            return failed(e, Optional.empty());
        } catch (RuntimeException e) {
            // The thread must live on: certificates end.
            LOG.error("renewing the certificate found a fault in this server", e);
            return failed(e, Optional.empty());
        }
    }

    private Path attemptsFile() {
        return directory.resolve("attempts.json");
    }

    /** Another authority than the one that gave it is to give a new one. */
    private Instant due(Attempts attempts) throws IOException {
        boolean isOthers = !attempts.directory().equals(acme.directory().toString());
        return isOthers ? Instant.EPOCH : Renewal.due(file.read().own(), acme.domains());
    }

    private void renew() throws IOException, AcmeException, InterruptedException {
        LOG.info("asking {} for a certificate for {}", acme.directory(), String.join(", ", acme.domains()));
        Authority authority = new Authority(acme, directory.resolve("account.pem"));
        CertificateOrder.Given given = new CertificateOrder(acme, challenges, directory).send(authority.login());
        file.replace(given.key(), given.chain());
    }

    private void succeeded(Attempts attempts) throws IOException {
        new Attempts(acme.directory().toString(), attempts.times(), Instant.EPOCH).write(attemptsFile());
        synchronized (this) {
            failures = 0;
            lastFailure = Optional.empty();
        }
        whenRenewed.run();
    }

    private synchronized Instant failed(Exception failure, Optional<Instant> told) {
        failures++;
        Instant now = Instant.now();
        Duration pause = Renewal.pause(failures);
        retryNanos = System.nanoTime() + pause.toNanos();
        String message = String.valueOf(failure.getMessage());
        lastFailure = Optional.of(now + ": " + message);
        told.ifPresent(this::remember);
        Instant again = latest(now.plus(pause), told.orElse(now));
        LOG.warn(
                "no new certificate from {}: {}; the one that is there stays, and it is tried again at {}, or when the"
                        + " server is told to reload",
                acme.directory(),
                message,
                again);
        LOG.debug("it failed here", failure);
        return again;
    }

    private void remember(Instant told) {
        try {
            Attempts.read(attemptsFile()).notBefore(told).write(attemptsFile());
        } catch (IOException e) {
            LOG.warn("when the authority may be asked again cannot be kept; a restart forgets it", e);
        }
    }

    private synchronized Duration pauseLeft() {
        return Duration.ofNanos(Math.max(0, retryNanos - System.nanoTime()));
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** Stops, in the middle of an order if need be: the next start begins a new one. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
