package org.imageserver.webhooks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.config.Settings.Webhook;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the programs of the configuration what becomes of images. An event is on the disk before whoever caused it has an
 * answer, and stays there until its receiver has taken it or it is given up. What became of images while no server ran is
 * told at the next start. Thread-safe.
 */
public final class Webhooks implements Catalogue.Observer, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);

    private final Path directory;
    private final Told told;

    /** Changed under this; whoever only looks takes it as it is. */
    private volatile List<Receiver> receivers;

    /** What was told last; guarded by this. */
    private Snapshot last = Snapshot.EMPTY;

    /**
     * Takes up what an earlier server could not tell.
     *
     * @param directory where events are kept
     * @param version of the program
     */
    public Webhooks(List<Webhook> hooks, Path directory, String version) throws IOException {
        this.directory = directory;
        this.told = new Told(directory.resolve("told.jsonl"), version);
        List<Receiver> all = new ArrayList<>();
        for (Webhook hook : hooks) {
            all.add(receiver(hook));
        }
        this.receivers = List.copyOf(all);
    }

    private Receiver receiver(Webhook hook) throws IOException {
        return new Receiver(hook, directory.resolve(name(hook)));
    }

    /** The same for the same URL, which may hold a secret itself. */
    private static String name(Webhook hook) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(hook.url().toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Begins to send, what became of images meanwhile first, and to hear of changes. */
    public synchronized void start(Catalogue catalogue) {
        catalogue.observe(this);
        last = catalogue.snapshot();
        receivers.forEach(Receiver::start);
        try {
            if (receivers.isEmpty()) {
                told.forget();
            } else {
                told.since(last).forEach(this::tell);
                told.write(last);
            }
        } catch (IOException e) {
            LOG.warn("what became of images while no server ran cannot be told to webhooks", e);
        }
    }

    /**
     * Tells these from now on. What waits for one that stays, if with another secret, is told to it; what waits for one
     * that goes is kept until it comes back.
     *
     * @throws IOException when the place of what waits cannot be read or made; those that were to go or to change say
     *     nothing then, and what they should have said is kept
     */
    public void change(List<Webhook> hooks) throws IOException {
        List<Receiver> gone = receivers.stream()
                .filter(receiver -> !hooks.contains(receiver.hook()))
                .toList();
        // Before those that take their place read what is left; what is told meanwhile is kept, too.
        gone.forEach(Receiver::close);
        synchronized (this) {
            boolean wasNobodyTold = receivers.isEmpty();
            List<Receiver> all = new ArrayList<>();
            List<Receiver> started = new ArrayList<>();
            for (Webhook hook : hooks) {
                Optional<Receiver> same = receivers.stream()
                        .filter(receiver -> receiver.hook().equals(hook))
                        .findFirst();
                if (same.isEmpty()) {
                    started.add(receiver(hook));
                }
                all.add(same.orElseGet(started::getLast));
            }
            receivers = List.copyOf(all);
            started.forEach(Receiver::start);
            if (hooks.isEmpty()) {
                told.forget();
            } else if (wasNobodyTold) {
                told.write(last);
            }
        }
    }

    @Override
    public synchronized void changed(Snapshot before, Snapshot after) {
        List<Event> events = receivers.isEmpty() ? List.of() : Event.between(last, after);
        last = after;
        if (events.isEmpty()) {
            return;
        }
        events.forEach(this::tell);
        try {
            told.add(events, after);
        } catch (IOException e) {
            LOG.warn("that webhooks were told of {} changes cannot be kept; they may be told again", events.size(), e);
        }
    }

    @Override
    public synchronized void damaged(Image image, String reason) {
        tell(new Event(Event.Kind.DAMAGED, Event.about(image), reason));
    }

    private void tell(Event event) {
        receivers.forEach(receiver -> receiver.tell(event));
    }

    /** How it stands with each receiver. */
    public List<ObjectNode> states() {
        return receivers.stream().map(Receiver::state).map(Webhooks::json).toList();
    }

    private static ObjectNode json(Receiver.State state) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("host", state.host())
                .put("waiting", state.waiting())
                .put("given_up", state.givenUp())
                .put("delivered", state.delivered())
                .put("failed_attempts", state.failures())
                .put("last_failure", state.lastFailure());
    }

    @Override
    public void close() {
        receivers.forEach(Receiver::close);
    }
}
