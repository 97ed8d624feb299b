package org.imageserver.webhooks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.imageserver.config.Settings.Webhook;
import org.imageserver.webhooks.Outbox.Letter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One program that is told, by a thread of its own: one that is slow or down holds up no other. What it does not take is
 * tried again, later and later; meanwhile events of other images go on, and those of the same image wait. Thread-safe.
 */
final class Receiver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Receiver.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final Duration LONGEST_END = Duration.ofSeconds(2);

    /** More than these would be no news any more, and fill the memory. */
    private static final int MOST_WAITING = 10_000;

    private final Webhook hook;
    private final Outbox outbox;
    private final Courier courier;
    private final Thread thread = Thread.ofPlatform().daemon().name("webhook").unstarted(this::run);

    /** In their turn; guarded by this, as all that follows. */
    private final List<Attempt> waiting = new ArrayList<>();

    private long delivered;
    private long failures;
    private String lastFailure = "";

    /** An event, how often it was tried, and when it is tried next. */
    private record Attempt(Letter letter, int tried, long dueNanos) {}

    /** How it stands. */
    record State(String host, int waiting, int givenUp, long delivered, long failures, String lastFailure) {}

    Receiver(Webhook hook, Path directory) throws IOException {
        this.hook = hook;
        this.outbox = new Outbox(directory);
        this.courier = new Courier(hook);
        long now = System.nanoTime();
        outbox.letters().forEach(letter -> waiting.add(new Attempt(letter, 0, now)));
    }

    void start() {
        thread.start();
    }

    /** Keeps an event, if this receiver wants to know of it, and sends it as soon as it can. */
    synchronized void tell(Event event) {
        if (!hook.events().contains(event.kind().word())) {
            return;
        }
        try {
            Letter letter = outbox.add(event.uuid(), event.toBytes());
            if (waiting.size() >= MOST_WAITING) {
                giveUp(letter, MOST_WAITING + " events wait already");
                return;
            }
            waiting.add(new Attempt(letter, 0, System.nanoTime()));
            notifyAll();
        } catch (IOException e) {
            LOG.warn(
                    "that image {} was {} cannot be kept for the webhook at {}; it will not be told",
                    event.uuid(),
                    event.kind().word(),
                    host(),
                    e);
        }
    }

    private void run() {
        try {
            while (true) {
                Attempt attempt = next();
                attempted(attempt, bring(attempt.letter()));
            }
        } catch (InterruptedException stopped) {
            LOG.debug("the webhook at {} ends", host(), stopped);
        }
    }

    private Optional<String> bring(Letter letter) throws InterruptedException {
        try {
            return courier.bring(letter.bytes());
        } catch (IOException e) {
            return Optional.of("the event cannot be read: " + e.getMessage());
        }
    }

    /** The first that is due and does not wait for an earlier one of its image. */
    private synchronized Attempt next() throws InterruptedException {
        while (true) {
            long now = System.nanoTime();
            long soonest = Long.MAX_VALUE;
            Set<String> earlier = new HashSet<>();
            for (Attempt attempt : waiting) {
                if (earlier.add(attempt.letter().uuid())) {
                    long left = attempt.dueNanos() - now;
                    if (left <= 0) {
                        return attempt;
                    }
                    soonest = Math.min(soonest, left);
                }
            }
            if (soonest == Long.MAX_VALUE) {
                wait();
            } else {
                wait(TimeUnit.NANOSECONDS.toMillis(soonest) + 1);
            }
        }
    }

    private synchronized void attempted(Attempt attempt, Optional<String> failure) {
        int place = waiting.indexOf(attempt);
        try {
            if (failure.isEmpty()) {
                delivered++;
                waiting.remove(place);
                outbox.remove(attempt.letter());
                return;
            }
            failures++;
            lastFailure = failure.get();
            int tried = attempt.tried() + 1;
            if (tried >= hook.attempts()) {
                waiting.remove(place);
                giveUp(attempt.letter(), failure.get());
            } else {
                waiting.set(
                        place,
                        new Attempt(
                                attempt.letter(),
                                tried,
                                System.nanoTime() + pause(tried).toNanos()));
            }
        } catch (IOException e) {
            LOG.warn(
                    "{} cannot be put away; after a restart it is sent once more",
                    attempt.letter().file(),
                    e);
        }
    }

    private void giveUp(Letter letter, String why) throws IOException {
        outbox.giveUp(letter);
        LOG.warn(
                "an event of image {} is given up for the webhook at {}: {}; it is kept as {}",
                letter.uuid(),
                host(),
                why,
                letter.file().getFileName());
    }

    /** Twice as long each time, and never the same for many receivers that one failure has hit. */
    private static Duration pause(int tried) {
        long most = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(tried - 1, 20));
        return Duration.ofMillis(most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1));
    }

    private String host() {
        return hook.url().getAuthority();
    }

    synchronized State state() {
        int dead;
        try {
            dead = outbox.dead();
        } catch (IOException e) {
            LOG.warn("what was given up for the webhook at {} cannot be counted", host(), e);
            dead = 0;
        }
        return new State(host(), waiting.size(), dead, delivered, failures, lastFailure);
    }

    Webhook hook() {
        return hook;
    }

    /** Stops, and waits for that; what was not told is told by the next one for the same URL. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            if (thread.getState() != Thread.State.NEW && !thread.join(LONGEST_END)) {
                LOG.warn("the webhook at {} does not end; it may be told an event twice", host());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        courier.close();
    }
}
