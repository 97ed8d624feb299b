package org.imageserver.http.publishing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Image;
import org.imageserver.http.ApiException;
import org.imageserver.http.ErrorReplies;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that comes in several requests. It goes through {@link org.imageserver.catalogue.Publisher} as if it came in
 * one: a thread of its own, begun with the first byte, receives, hashes and checks what the requests bring, and so it
 * is what keeps the state of an unfinished upload. Thread-safe.
 */
final class Upload {
    private static final Logger LOG = LoggerFactory.getLogger(Upload.class);

    /** A file is removed in no time, unless the disk is busy. */
    private static final Duration TIDYING = Duration.ofSeconds(30);

    /** A client that has not come back by then may be gone for long: what others need is given up for it. */
    private static final Duration REST = Duration.ofMinutes(1);

    private final String id = UUID.randomUUID().toString();
    private final Principal.Account owner;
    private final long size;
    private final ObjectNode about;
    private final Work work;
    private final InstantSource clock;
    private final Instant created;
    private final Relay relay;
    private final AtomicBoolean isBegun = new AtomicBoolean();
    private final CompletableFuture<Ending> ending = new CompletableFuture<>();
    private volatile Instant touched;

    /** What is done with the bytes. */
    @FunctionalInterface
    interface Work {
        /** Reads them to their end and makes an image of them, or leaves nothing. */
        Image publish(ReadableByteChannel bytes) throws IOException;
    }

    /** How it ended. */
    private sealed interface Ending {
        record Published(String image) implements Ending {}

        record Failed(ApiException error) implements Ending {}
    }

    /**
     * Waits for its first byte.
     *
     * @param size in bytes, at least one
     * @param about what people know it by, shown as it is
     */
    Upload(Principal.Account owner, long size, ObjectNode about, Work work, InstantSource clock) {
        this.owner = owner;
        this.size = size;
        this.about = about;
        this.work = work;
        this.clock = clock;
        this.created = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        this.touched = created;
        this.relay = new Relay(size, REST);
    }

    String id() {
        return id;
    }

    long size() {
        return size;
    }

    long offset() {
        return relay.offset();
    }

    boolean isOwnedBy(Principal principal) {
        return principal instanceof Principal.Account account
                && account.name().equals(owner.name())
                && account.uuid().equals(owner.uuid());
    }

    /** Whether there is an image, or there will be none. */
    boolean isOver() {
        return ending.isDone();
    }

    /** How long nothing has happened to it. */
    Duration idle() {
        return relay.isBusy() ? Duration.ZERO : Duration.between(touched, clock.instant());
    }

    /**
     * Takes the bytes of a request.
     *
     * @param start where the client believes that they begin
     * @param length how many there are, if the client says it
     * @return how many there are then
     * @throws ApiException when they begin elsewhere, or the upload has failed, perhaps because of these bytes
     * @throws IOException when the client breaks off; what came before stays
     */
    long receive(long start, ReadableByteChannel bytes, OptionalLong length) throws IOException {
        throwFailure();
        if (isBegun.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("resumable-upload").start(this::run);
        }
        try {
            long offset = relay.send(start, bytes, length);
            throwFailure();
            return offset;
        } catch (IOException e) {
            throwFailure();
            throw e;
        } finally {
            touched = clock.instant();
        }
    }

    private void run() {
        Ending ended = received();
        touched = clock.instant();
        ending.complete(ended);
        // Last: a sender that is sent away looks for the reason.
        relay.close();
    }

    private Ending received() {
        try {
            return new Ending.Published(work.publish(relay).uuid());
        } catch (Relay.DiscardedException e) {
            LOG.debug("upload {}: {}", id, e.getMessage());
            return new Ending.Failed(Relay.cancelled());
        } catch (IOException | RuntimeException | Error e) {
            return new Ending.Failed(ErrorReplies.describe(e, id));
        }
    }

    /** Waits a while for the end of an upload whose bytes are all there; its failure is thrown. */
    void await(Duration patience) {
        hasEnded(patience);
        throwFailure();
    }

    private boolean hasEnded(Duration patience) {
        try {
            ending.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void throwFailure() {
        if (ending.getNow(null) instanceof Ending.Failed failed) {
            throw failed.error();
        }
    }

    /**
     * Gives it up, and waits until nothing is left of it.
     *
     * @return false if it is too late, because every byte has come
     */
    boolean discard() throws IOException {
        if (isOver()) {
            return true;
        }
        if (!relay.discard()) {
            return false;
        }
        if (isBegun.compareAndSet(false, true)) {
            ending.complete(new Ending.Failed(Relay.cancelled()));
        }
        if (!hasEnded(TIDYING)) {
            LOG.warn("upload {} was cancelled but does not end; a storage that hangs?", id);
        }
        return true;
    }

    /** Waits for the end of an upload whose bytes are all there, when the server stops. */
    void awaitEnd() {
        if (!hasEnded(TIDYING)) {
            LOG.warn("upload {} has all its bytes but does not end; a storage that hangs?", id);
        }
    }

    /** As its owner sees it. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        // First, because an upload that has ended has all its bytes, but not the other way round.
        @Nullable Ending ended = ending.getNow(null);
        long offset = relay.offset();
        json.put("id", id)
                .put("state", state(ended, offset))
                .put("offset", offset)
                .put("size", size);
        json.put("created_at", created.toString());
        json.setAll(about);
        if (ended instanceof Ending.Published published) {
            json.put("image", published.image());
        } else if (ended instanceof Ending.Failed failed) {
            json.set("error", ErrorReplies.json(failed.error()));
        }
        return json;
    }

    private String state(@Nullable Ending ended, long offset) {
        if (ended != null) {
            return ended instanceof Ending.Published ? "published" : "failed";
        }
        return offset < size ? "receiving" : "verifying";
    }
}
