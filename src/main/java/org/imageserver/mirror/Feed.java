package org.imageserver.mirror;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.Source;
import org.imageserver.remote.Fetcher;
import org.imageserver.remote.Limits;
import org.imageserver.signing.VerificationKey;

/**
 * A source, and the way to it, as long as it is one. Closing breaks off whatever is fetched from there; nothing of that is
 * to be seen. Each is equal to itself alone. Thread-safe.
 */
final class Feed implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final Source source;
    private final Fetcher fetcher;
    private final Upstream upstream;
    private final Throttle throttle;
    private final SourceState state;
    private volatile boolean isClosed;

    private Feed(Source source, Fetcher fetcher, Upstream upstream) {
        this.source = source;
        this.fetcher = fetcher;
        this.upstream = upstream;
        this.throttle = new Throttle(source.bytesPerSecond(), System::nanoTime);
        this.state = new SourceState(source);
    }

    /**
     * Makes the way to a source; asks nothing yet.
     *
     * @throws IOException when its file of authorities cannot be read, or the key that it trusts is none
     */
    static Feed open(Source source, Settings settings) throws IOException {
        Optional<VerificationKey> trusted = SignedAnswers.trusted(source);
        Fetcher fetcher = new Fetcher(
                new Limits(true, CONNECT, settings.idle()), EnvironmentProxy.selector(), Authorities.of(source));
        return new Feed(
                source,
                fetcher,
                new Upstream(source, fetcher, settings.creator().uuid(), trusted));
    }

    Source source() {
        return source;
    }

    Upstream upstream() {
        return upstream;
    }

    /** Which all transfers from it share. */
    Throttle throttle() {
        return throttle;
    }

    /** What is told of it. */
    SourceState state() {
        return state;
    }

    /** Whether it is no source any more: what fails then is no news. */
    boolean isClosed() {
        return isClosed;
    }

    @Override
    public void close() {
        isClosed = true;
        fetcher.close();
    }
}
