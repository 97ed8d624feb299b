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
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.config.Settings.Webhook;

/**
 * Tells the programs of the configuration what becomes of images. An event is on the disk before whoever caused it has an
 * answer, and stays there until its receiver has taken it or it is given up. Thread-safe.
 */
public final class Webhooks implements Catalogue.Observer, AutoCloseable {
    private final List<Receiver> receivers = new ArrayList<>();

    /**
     * Takes up what an earlier server could not tell.
     *
     * @param directory where events are kept
     */
    public Webhooks(List<Webhook> hooks, Path directory) throws IOException {
        for (Webhook hook : hooks) {
            receivers.add(new Receiver(hook, directory.resolve(name(hook))));
        }
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

    /** Begins to send, and to hear of changes. */
    public void start(Catalogue catalogue) {
        if (!receivers.isEmpty()) {
            receivers.forEach(Receiver::start);
            catalogue.observe(this);
        }
    }

    @Override
    public void changed(Snapshot before, Snapshot after) {
        for (Event event : Event.between(before, after)) {
            receivers.forEach(receiver -> receiver.tell(event));
        }
    }

    @Override
    public void damaged(Image image, String reason) {
        Event event = new Event(Event.Kind.DAMAGED, image, reason);
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
