package org.imageserver.mirror;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.imageserver.catalogue.Follower;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.storage.Arrival;
import org.imageserver.storage.PendingBlob;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of an image on its way here, from its first byte on: any number of readers follow on the disk what one fetch
 * writes, each at its own pace. The last byte is given out when all are verified and the image is published, never before:
 * what turns out to be wrong looks whole to nobody. Thread-safe.
 */
final class Pull implements Follower {
    private static final Logger LOG = LoggerFactory.getLogger(Pull.class);

    private final Image image;
    private final long size;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Waiting> waiting = new ArrayList<>();
    private @Nullable FileChannel written;
    private long available;
    private int readers;
    private State state = State.FETCHING;
    private String failure = "";

    private enum State {
        FETCHING,

        /** Verified and published. */
        COMPLETE,

        /** Somebody else has published it; it is read from there. */
        ELSEWHERE,
        FAILED
    }

    private record Waiting(long offset, CompletableFuture<Void> there) {}

    Pull(Image image) {
        this.image = image;
        this.size = image.file().orElseThrow().size();
    }

    /** What is fetched, as clients were told. */
    Image image() {
        return image;
    }

    @Override
    public void begins(PendingBlob pending) throws IOException {
        FileChannel opened = pending.follow();
        lock.lock();
        try {
            close(written);
            written = opened;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void wrote(long total) {
        move(State.FETCHING, Math.min(total, size - 1));
    }

    /** Whether anybody may have read a byte: from then on no other source can take over. */
    boolean hasGivenOut() {
        lock.lock();
        try {
            return available > 0;
        } finally {
            lock.unlock();
        }
    }

    /** All bytes are verified and published. */
    void complete() {
        move(State.COMPLETE, size);
    }

    /** The image is here by another way. */
    void isElsewhere() {
        move(State.ELSEWHERE, available);
    }

    /** It cannot be had; does nothing when it has ended before. */
    void fail(String reason) {
        lock.lock();
        try {
            if (state != State.FETCHING) {
                return;
            }
            failure = reason;
        } finally {
            lock.unlock();
        }
        move(State.FAILED, available);
    }

    private void move(State to, long reached) {
        List<Waiting> done;
        lock.lock();
        try {
            state = to;
            available = reached;
            done = waiting.stream()
                    .filter(each -> to != State.FETCHING || each.offset() < reached)
                    .toList();
            waiting.removeAll(done);
            closeIfUnused();
        } finally {
            lock.unlock();
        }
        // Outside of the lock: whoever waits may go on in this very thread.
        done.forEach(each -> each.there().complete(null));
    }

    /** Begins to follow; ended by {@link #leave}. */
    void join() {
        lock.lock();
        try {
            readers++;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            readers--;
            closeIfUnused();
        } finally {
            lock.unlock();
        }
    }

    private void closeIfUnused() {
        if (state != State.FETCHING && readers == 0) {
            close(written);
            written = null;
        }
    }

    private void close(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.warn("what was fetched of {} cannot be closed", image.uuid(), e);
        }
    }

    /** Completes when reading at an offset would not wait. */
    CompletionStage<Void> ready(long offset) {
        lock.lock();
        try {
            if (state != State.FETCHING || offset < available) {
                return CompletableFuture.completedFuture(null);
            }
            Waiting one = new Waiting(offset, new CompletableFuture<>());
            waiting.add(one);
            return one.there();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reads what is there at a position that is {@link #ready}.
     *
     * @return the number of bytes; 0 when they must be read from the image that has been published meanwhile
     * @throws ImageException.FileUnavailable when the fetch has failed
     */
    int read(ByteBuffer to, long position) throws IOException {
        Optional<Arrival.Piece> piece = arrived();
        if (piece.isEmpty()) {
            return 0;
        }
        to.limit((int) Math.min(to.limit(), to.position() + piece.get().end() - position));
        int length = piece.get().file().read(to, position);
        if (length <= 0) {
            throw new IOException("what was fetched of " + image.uuid() + " became shorter");
        }
        return length;
    }

    /**
     * What is there from the first byte on. The file stays open until whoever asks has left.
     *
     * @return empty when all must be read from the image that has been published meanwhile
     * @throws ImageException.FileUnavailable when the fetch has failed
     */
    Optional<Arrival.Piece> arrived() {
        lock.lock();
        try {
            if (state == State.FAILED) {
                throw new ImageException.FileUnavailable(failure);
            }
            return state == State.ELSEWHERE || written == null
                    ? Optional.empty()
                    : Optional.of(new Arrival.Piece(written, available));
        } finally {
            lock.unlock();
        }
    }
}
