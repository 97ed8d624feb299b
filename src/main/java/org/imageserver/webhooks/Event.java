package org.imageserver.webhooks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.manifest.State;

/**
 * Something that became of an image. Only images that were activated are spoken of: until then they are their maker's.
 *
 * @param reason what is wrong, of a damaged one; else empty
 */
record Event(Kind kind, ObjectNode image, String reason) {
    /** Of an image as it is, or was last. */
    Event(Kind kind, Image image) {
        this(kind, about(image), "");
    }

    String uuid() {
        return image.path("uuid").textValue();
    }

    /** What became of it, by the word that the configuration has for it. */
    enum Kind {
        PUBLISHED,
        UPDATED,
        ENABLED,
        DISABLED,
        DELETED,
        DAMAGED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is other in a later snapshot, each image once. */
    static List<Event> between(Snapshot before, Snapshot after) {
        List<Event> events = new ArrayList<>();
        for (Image image : notIn(after, before)) {
            if (after.own(image.uuid()).filter(Event::isTold).isEmpty()) {
                events.add(new Event(Kind.DELETED, image));
            }
        }
        for (Image image : notIn(before, after)) {
            Optional<Image> earlier = before.own(image.uuid()).filter(Event::isTold);
            kind(earlier, image).ifPresent(kind -> events.add(new Event(kind, image)));
        }
        return events;
    }

    /** What is spoken of and changed: an image that did not is the very same object, and of 10,000 nearly all are. */
    private static List<Image> notIn(Snapshot other, Snapshot snapshot) {
        Set<Image> same = Collections.newSetFromMap(new IdentityHashMap<>());
        same.addAll(other.images());
        return snapshot.images().stream()
                .filter(image -> isTold(image) && !same.contains(image))
                .toList();
    }

    static boolean isTold(Image image) {
        return !image.isOffered() && image.state().isActivated();
    }

    private static Optional<Kind> kind(Optional<Image> before, Image after) {
        if (before.isEmpty()) {
            return Optional.of(Kind.PUBLISHED);
        }
        if (before.get().json().etag().equals(after.json().etag())) {
            return Optional.empty();
        }
        return Optional.of(
                changed(before.get().state() == State.DISABLED, after).orElse(Kind.UPDATED));
    }

    /** Whether it has been disabled or enabled. */
    static Optional<Kind> changed(boolean wasDisabled, Image after) {
        boolean isDisabled = after.state() == State.DISABLED;
        return wasDisabled == isDisabled ? Optional.empty() : Optional.of(isDisabled ? Kind.DISABLED : Kind.ENABLED);
    }

    /** What is told of an image. */
    static ObjectNode about(Image image) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("uuid", image.uuid())
                .put("name", image.name())
                .put("version", image.version())
                .put("type", image.type())
                .put("os", image.os())
                .put("owner", image.owner())
                .put("public", image.isPublic())
                .put("state", image.state().name().toLowerCase(Locale.ROOT));
    }

    /** What is sent. */
    byte[] toBytes() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", UUID.randomUUID().toString())
                .put("event", kind.word())
                .put("at", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        json.set("image", image);
        if (!reason.isEmpty()) {
            json.put("reason", reason);
        }
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
