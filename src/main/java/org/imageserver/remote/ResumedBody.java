package org.imageserver.remote;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes of a file at another server. An answer that breaks off is taken up where it broke ({@code Range} with
 * {@code If-Match}), after a pause that grows, as long as it gets on. Used by one thread.
 */
public final class ResumedBody implements ReadableByteChannel {
    private static final Logger LOG = LoggerFactory.getLogger(ResumedBody.class);

    /** How often in a row it may fail without a byte. */
    private static final int MOST_FAILURES = 6;

    private static final int MOST_FIRST_FAILURES = 2;

    private final Ask ask;
    private final String what;
    private final Duration firstPause;
    private Answer answer;
    private long position;
    private int failures;
    private @Nullable RemoteException broken;
    private boolean isOpen = true;

    /** Asks for the file. */
    @FunctionalInterface
    public interface Ask {
        /** Asks with some headers; an answer other than 200 and 206 is an exception. */
        Answer with(Map<String, String> headers) throws RemoteException;
    }

    /**
     * Begins at the first byte.
     *
     * @param what is fetched, for the log
     * @param firstPause before the first repetition; each following one waits twice as long
     */
    public ResumedBody(String what, Duration firstPause, Ask ask) throws RemoteException {
        this.what = what;
        this.firstPause = firstPause;
        this.ask = ask;
        this.answer = first();
    }

    /** A server that is being restarted answers the next time, or the one after that. */
    private Answer first() throws RemoteException {
        while (true) {
            try {
                return ask.with(Map.of());
            } catch (StoppedException e) {
                throw e;
            } catch (RemoteException e) {
                failures++;
                if (failures > MOST_FIRST_FAILURES) {
                    throw e;
                }
                pause();
            }
        }
    }

    /** The size of the whole in bytes, if the server said it. */
    public OptionalLong announced() {
        return answer.announced();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        while (true) {
            try {
                if (broken != null) {
                    resume(broken);
                }
                int length = answer.body().read(into);
                if (length > 0) {
                    position += length;
                    failures = 0;
                }
                return length;
            } catch (StoppedException e) {
                throw e;
            } catch (RemoteException e) {
                broken = e;
                failures++;
                if (failures > MOST_FAILURES) {
                    throw e;
                }
            }
        }
    }

    private void resume(RemoteException cause) throws RemoteException {
        LOG.debug("{} broke at byte {}; asking for the rest", what, position, cause);
        answer.close();
        pause();
        Map<String, String> headers = new HashMap<>();
        headers.put("Range", "bytes=" + position + "-");
        answer.etag().ifPresent(etag -> headers.put("If-Match", etag));
        Answer next = ask.with(headers);
        boolean goesOn = next.status() == 206
                && next.headers().firstValue("Content-Range").orElse("").startsWith("bytes " + position + "-");
        if (!goesOn && !(position == 0 && next.status() == 200)) {
            next.close();
            throw new RemoteException(
                    what + " cannot be taken up at byte " + position + ": the server does not send parts", cause);
        }
        answer = next;
        broken = null;
    }

    private void pause() throws RemoteException {
        long millis = firstPause.toMillis() << Math.min(failures, MOST_FAILURES);
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RemoteException("the transfer of " + what + " was stopped", e);
        }
    }

    @Override
    public boolean isOpen() {
        return isOpen;
    }

    @Override
    public void close() {
        isOpen = false;
        answer.close();
    }
}
