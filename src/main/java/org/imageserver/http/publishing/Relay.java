package org.imageserver.http.publishing;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.imageserver.http.ApiException;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Rate;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that come in several requests, one after the other, as the one channel that a receiver reads. It holds none of
 * them: the thread of a request fills the very buffer that the receiver wants filled. So a sender is held back while
 * the receiver is busy, whatever has been sent is with the receiver, and a request that breaks off loses nothing.
 *
 * <p>One thread reads; any number may send, of which the newest has its way: a client that comes again has given up
 * its older connection, which the server may not know yet.
 */
final class Relay implements ReadableByteChannel {
    /** How long the older sender may take to notice that it was given up. */
    private static final long LETTING_GO_SECONDS = 30;

    private final long size;
    private final long restNanos;
    private final Rate rate = new Rate();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long offset;
    private @Nullable ByteBuffer wanted;
    private int given;
    private @Nullable Turn turn;
    private Fate fate = Fate.WANTED;
    private boolean isClosed;

    private enum Fate {
        WANTED,
        DISCARDED,

        /** The server stops; another one may go on. */
        SUSPENDED
    }

    /** The server stops before all of it was there; what is kept of it stays. */
    static final class SuspendedException extends IOException {
        SuspendedException() {
            super("the server stops before all of the upload was there");
        }
    }

    /** Somebody gave the upload up, or nobody went on with it. */
    static final class DiscardedException extends IOException {
        DiscardedException() {
            super("the upload was discarded before all of it was there");
        }
    }

    /** One request's time to send. */
    private static final class Turn {
        private final ReadableByteChannel from;
        private final long end;
        private boolean isOver;

        private Turn(ReadableByteChannel from, long end) {
            this.from = from;
            this.end = end;
        }
    }

    /**
     * Makes the channel of so many bytes.
     *
     * @param offset how many of them were there before
     * @param rest after which the receiver is told, by a read of nothing, that nobody sends
     */
    Relay(long size, long offset, Duration rest) {
        this.size = size;
        this.offset = offset;
        this.restNanos = rest.toNanos();
    }

    /** How many bytes have come. */
    long offset() {
        lock.lock();
        try {
            return offset;
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes come a second. */
    long rate() {
        return rate.perSecond();
    }

    /** Whether somebody is sending at the moment. */
    boolean isBusy() {
        lock.lock();
        try {
            return turn != null;
        } finally {
            lock.unlock();
        }
    }

    /** Receiver: waits for the next bytes, or until nobody has sent any for a while. */
    @Override
    public int read(ByteBuffer target) throws IOException {
        lock.lock();
        try {
            if (offset == size) {
                return -1;
            }
            wanted = target;
            changed.signalAll();
            long left = restNanos;
            while (wanted != null && fate == Fate.WANTED && left > 0) {
                long waited = changed.awaitNanos(left);
                // Who is slow does not rest.
                left = turn == null ? waited : restNanos;
            }
            boolean isFilled = wanted == null;
            wanted = null;
            checkIsWanted();
            return isFilled ? given : 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the upload was interrupted");
        } finally {
            lock.unlock();
        }
    }

    /** Receiver: whether it is worth while to go on. */
    void checkIsWanted() throws IOException {
        lock.lock();
        try {
            switch (fate) {
                case WANTED -> {}
                case DISCARDED -> throw new DiscardedException();
                case SUSPENDED -> throw new SuspendedException();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Receiver: nothing of what has come can be used, and it is to come again. */
    void startOver() throws IOException {
        lock.lock();
        try {
            offset = 0;
            sendAway();
        } finally {
            lock.unlock();
        }
    }

    /** Frees the sender, who may come again. */
    private void sendAway() throws IOException {
        if (turn != null) {
            turn.isOver = true;
            turn.from.close();
        }
        changed.signalAll();
    }

    /**
     * Sender: hands bytes on until there are no more, or the receiver wants none.
     *
     * @param start where the sender believes that they begin
     * @param from closed by another thread to free one that waits in it
     * @param length how many there are, if that is known: then nobody waits to be told that there are no more
     * @return how many bytes have come then
     * @throws ApiException (UploadConflict) when they would begin elsewhere
     * @throws IOException when the sender breaks off; what came before that has been handed on
     */
    long send(long start, ReadableByteChannel from, OptionalLong length) throws IOException {
        Turn own = begin(start, new Turn(from, Math.min(size, start + length.orElse(size))));
        try {
            ByteBuffer target = awaitWanted(own);
            while (target != null && fill(own, target)) {
                target = awaitWanted(own);
            }
        } catch (IOException e) {
            checkStillWanted(own);
            throw e;
        } finally {
            end(own);
        }
        checkStillWanted(own);
        return offset();
    }

    /** What whoever asks is told of an upload that was discarded. */
    static ApiException cancelled() {
        return new ApiException(ErrorCode.UploadConflict, "the upload was cancelled; nothing of it was kept");
    }

    private void checkStillWanted(Turn own) {
        lock.lock();
        try {
            switch (fate) {
                case WANTED -> {}
                case DISCARDED -> throw cancelled();
                case SUSPENDED -> throw suspended();
            }
            if (own.isOver) {
                throw new ApiException(ErrorCode.UploadConflict, "a newer request goes on with this upload");
            }
        } finally {
            lock.unlock();
        }
    }

    private Turn begin(long start, Turn own) throws IOException {
        lock.lock();
        try {
            checkOffset(start);
            sendAway();
            long left = TimeUnit.SECONDS.toNanos(LETTING_GO_SECONDS);
            while (turn != null) {
                left = changed.awaitNanos(left);
                if (left <= 0) {
                    throw new ApiException(
                            ErrorCode.UploadConflict, "another request is sending to this upload; try again later");
                }
            }
            checkOffset(start);
            turn = own;
            return own;
        } catch (InterruptedException e) {
            throw stopped();
        } finally {
            lock.unlock();
        }
    }

    private void checkOffset(long start) {
        if (start != offset) {
            throw new ApiException(
                    ErrorCode.UploadConflict,
                    "Upload-Offset is " + start + ", but the upload has " + offset
                            + " bytes; ask for its offset with HEAD and go on from there");
        }
    }

    /** The buffer to be filled next; null when there is none, or it is not this sender's to fill. */
    private @Nullable ByteBuffer awaitWanted(Turn own) throws IOException {
        lock.lock();
        try {
            while (wanted == null && isToSend(own)) {
                changed.await();
            }
            return isToSend(own) ? wanted : null;
        } catch (InterruptedException e) {
            throw stopped();
        } finally {
            lock.unlock();
        }
    }

    private boolean isToSend(Turn own) {
        return !own.isOver && !isClosed && fate == Fate.WANTED && offset < own.end;
    }

    /** Fills from the sender, which is waited for without the lock: nobody else touches the buffer meanwhile. */
    private boolean fill(Turn own, ByteBuffer target) throws IOException {
        int most = (int) Math.min(target.remaining(), own.end - offset());
        int count = own.from.read(target.slice(target.position(), most));
        if (count < 0) {
            return false;
        }
        lock.lock();
        try {
            target.position(target.position() + count);
            offset += count;
            rate.add(count);
            given = count;
            wanted = null;
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void end(Turn own) {
        lock.lock();
        try {
            if (turn == own) {
                turn = null;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Frees receiver and sender for good, unless every byte has come: then it is too late, and false. */
    boolean discard() throws IOException {
        return end(Fate.DISCARDED);
    }

    /** The same when the server stops. */
    boolean suspend() throws IOException {
        return end(Fate.SUSPENDED);
    }

    private boolean end(Fate end) throws IOException {
        lock.lock();
        try {
            if (offset == size) {
                return false;
            }
            fate = end;
            if (turn != null) {
                turn.from.close();
            }
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Receiver: no more bytes are wanted. */
    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isOpen() {
        return !isClosed;
    }

    /** Nothing interrupts a request but the end of the server. */
    private static ApiException stopped() {
        Thread.currentThread().interrupt();
        return suspended();
    }

    /** What whoever asks is told when the server stops. */
    static ApiException suspended() {
        return new ApiException(
                ErrorCode.ServiceUnavailableError,
                "the server stops; ask for the offset with HEAD when it is back, and go on from there");
    }
}
