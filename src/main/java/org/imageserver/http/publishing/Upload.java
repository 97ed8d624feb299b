package org.imageserver.http.publishing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.UnfinishedUploads;
import org.imageserver.http.ApiException;
import org.imageserver.http.ErrorReplies;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that comes in several requests. It goes through {@link org.imageserver.catalogue.Publisher} as if it came in
 * one: a thread of its own, begun with the first byte, receives, hashes and checks what the requests bring. What a server
 * before this one has kept goes that way first. Thread-safe.
 */
final class Upload {
    private static final Logger LOG = LoggerFactory.getLogger(Upload.class);

    /** A file is removed in no time, unless the disk is busy. */
    private static final Duration TIDYING = Duration.ofSeconds(30);

    /** A client that has not come back by then may be gone for long: what others need is given up for it. */
    private static final Duration REST = Duration.ofMinutes(1);

    private final String id;
    private final Kept kept;
    private final Work work;
    private final UnfinishedUploads unfinished;
    private final InstantSource clock;
    private final Relay relay;
    private final AtomicBoolean isBegun = new AtomicBoolean();
    private final CompletableFuture<Ending> ending = new CompletableFuture<>();
    private volatile Instant touched;

    /** What is done with the bytes. */
    @FunctionalInterface
    interface Work {
        /** Reads them to their end and makes an image of them, as whoever sends; or leaves nothing but what is kept. */
        Image publish(Principal.Account sender, ReadableByteChannel bytes) throws IOException;
    }

    /** How it ended. */
    private sealed interface Ending {
        record Published(String image) implements Ending {}

        record Failed(ApiException error) implements Ending {}
    }

    /**
     * Waits for its first byte, or the first one that is not kept.
     *
     * @param id a UUID
     */
    Upload(String id, Kept kept, long offset, Work work, UnfinishedUploads unfinished, InstantSource clock) {
        this.id = id;
        this.kept = kept;
        this.work = work;
        this.unfinished = unfinished;
        this.clock = clock;
        this.touched = clock.instant();
        this.relay = new Relay(kept.size(), offset, REST);
    }

    /** One that became an image before the server was restarted. */
    static Upload published(String id, Kept kept, UnfinishedUploads unfinished, InstantSource clock) {
        Work none = (sender, bytes) -> {
            throw new IllegalStateException("upload " + id + " is over");
        };
        Upload upload = new Upload(id, kept, kept.size(), none, unfinished, clock);
        upload.isBegun.set(true);
        upload.ending.complete(new Ending.Published(kept.intent().image()));
        return upload;
    }

    String id() {
        return id;
    }

    long size() {
        return kept.size();
    }

    long offset() {
        return relay.offset();
    }

    boolean isOwnedBy(Principal principal) {
        return kept.isOf(principal);
    }

    /** Whether there is an image, or there will be none. */
    boolean isOver() {
        return ending.isDone();
    }

    /** How long nothing has happened to it. */
    Duration idle() {
        return relay.isBusy() ? Duration.ZERO : Duration.between(touched, clock.instant());
    }

    /** Writes down what it is, before anybody is told of it. */
    void save() throws IOException {
        unfinished.save(id, kept.bytes());
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
    long receive(Principal.Account sender, long start, ReadableByteChannel bytes, OptionalLong length)
            throws IOException {
        throwFailure();
        begin(sender);
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

    /** Goes on with an upload of which all is kept: nobody will send anything, and its owner asks. */
    void goOnIfComplete(Principal.Account owner) {
        if (relay.offset() == kept.size()) {
            begin(owner);
        }
    }

    private void begin(Principal.Account sender) {
        if (isBegun.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("resumable-upload").start(() -> run(sender));
        }
    }

    private void run(Principal.Account sender) {
        Ending ended = received(sender);
        touched = clock.instant();
        ending.complete(ended);
        // Last: a sender that is sent away looks for the reason.
        relay.close();
    }

    private Ending received(Principal.Account sender) {
        try {
            return new Ending.Published(published(sender).uuid());
        } catch (Relay.SuspendedException e) {
            LOG.info("upload {} is unfinished; {} bytes of it are kept", id, relay.offset());
            return new Ending.Failed(Relay.suspended());
        } catch (Relay.DiscardedException e) {
            LOG.debug("upload {}: {}", id, e.getMessage());
            return failed(Relay.cancelled());
        } catch (IOException | RuntimeException | Error e) {
            return failed(ErrorReplies.describe(e, id));
        }
    }

    private Image published(Principal.Account sender) throws IOException {
        while (true) {
            try (ReadableByteChannel before = unfinished.open(id);
                    Arriving bytes = new Arriving(before, relay.offset(), relay)) {
                return work.publish(sender, bytes);
            } catch (Arriving.DamagedException e) {
                LOG.warn("upload {} has to begin anew: {}", id, e.getMessage());
                unfinished.forgetBytes(id);
                relay.startOver();
            }
        }
    }

    private Ending failed(ApiException error) {
        forget();
        return new Ending.Failed(error);
    }

    /** A server that starts after this one will know nothing of it. */
    void forget() {
        try {
            unfinished.forget(id);
        } catch (IOException e) {
            LOG.warn("what is kept of upload {} cannot be removed", id, e);
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
        if (isBegun.compareAndSet(false, true)) {
            relay.discard();
            ending.complete(failed(Relay.cancelled()));
            return true;
        }
        if (!relay.discard()) {
            return false;
        }
        if (!hasEnded(TIDYING)) {
            LOG.warn("upload {} was cancelled but does not end; a storage that hangs?", id);
        }
        return true;
    }

    /** Leaves it to the server that starts after this one; what has all its bytes gets a while to become an image. */
    void suspend() throws IOException {
        if (isBegun.compareAndSet(false, true)) {
            ending.complete(new Ending.Failed(Relay.suspended()));
        }
        relay.suspend();
        if (!hasEnded(TIDYING)) {
            LOG.warn("upload {} does not end; a storage that hangs?", id);
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
                .put("size", kept.size())
                .put("rate", ended == null ? relay.rate() : 0);
        json.put("created_at", kept.createdAt());
        json.setAll(kept.intent().about());
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
        return offset < kept.size() ? "receiving" : "verifying";
    }
}
