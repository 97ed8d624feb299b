package org.imageserver.mirror;

import java.io.IOException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.imageserver.config.Settings.Source;
import org.imageserver.tls.Trusted;

/** Whose word about a source's certificate counts. */
final class Authorities {
    private Authorities() {}

    /**
     * Those that a source names.
     *
     * @return empty when it names none: those of Java
     * @throws IOException when their file cannot be read, or holds none
     */
    static Optional<SSLContext> of(Source source) throws IOException {
        return source.caFile().isPresent()
                ? Optional.of(Trusted.by(source.caFile().get()))
                : Optional.empty();
    }
}
