package org.imageserver.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.imageserver.ImageServer;
import org.imageserver.config.ConfigException;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.Overrides;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up what is changed while the server runs: at a signal, and when the configuration's file is another one. A
 * configuration that cannot be used leaves the old one. Thread-safe.
 */
final class Reloading implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reloading.class);
    private static final int LOOK_SECONDS = 5;

    private final ImageServer server;
    private final @Nullable Path config;
    private final Overrides overrides;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("configuration").factory());
    private Optional<FileTime> known;

    Reloading(ImageServer server, @Nullable Path config, Overrides overrides) {
        this.server = server;
        this.config = config;
        this.overrides = overrides;
        this.known = version();
        ScheduledFuture<?> unused =
                watch.scheduleWithFixedDelay(this::ifChanged, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    private Optional<FileTime> version() {
        try {
            return config == null ? Optional.empty() : Optional.of(Files.getLastModifiedTime(config));
        } catch (IOException e) {
            // An editor that is putting another one in its place: it will be there at the next look.
            return Optional.empty();
        }
    }

    private void ifChanged() {
        Optional<FileTime> version = version();
        synchronized (this) {
            if (version.isEmpty() || version.equals(known)) {
                return;
            }
        }
        try {
            now();
        } catch (RuntimeException e) {
            // The thread must live on: the next change may be a better one.
            LOG.error("what was changed cannot be taken up", e);
        }
    }

    /** Reads the configuration again, and looks at images, keys and certificate. */
    synchronized void now() {
        known = version();
        try {
            List<String> others = server.reload(Settings.read(config, overrides));
            if (others.isEmpty()) {
                LOG.info("images, keys, certificate, limits, sources and webhooks are read again");
            } else {
                LOG.warn(
                        "limits, sources and webhooks are read again; what else was changed in {} needs a restart: {}",
                        config,
                        others.stream().map(Reloading::key).collect(Collectors.joining(", ")));
            }
        } catch (ConfigException e) {
            LOG.error("the new configuration is not used, the old one goes on: {}", e.getMessage());
            server.reload();
        }
    }

    /** As the configuration has it, or nearly so. */
    private static String key(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
