package org.imageserver.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.imageserver.Policies;
import org.imageserver.Storages;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Role;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Trash;
import org.imageserver.config.ConfigException;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.LogLevel;
import org.imageserver.logging.Logging;
import org.imageserver.storage.LocalStorage;
import org.imageserver.storage.Storage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which a command finds the images that it works on, beside a running server or without one. */
final class CatalogueOptions {
    @Option(names = "--config", paramLabel = "FILE", description = "The server's config.json.")
    private @Nullable Path config;

    @Option(
            names = {"--dir", "--serve-dir"},
            paramLabel = "DIR",
            description = "The directory of images. Default: what the configuration says, or ./images.")
    private @Nullable Path directory;

    /** Work on the images. */
    interface Work<T> {
        T run(Catalogue catalogue, Storage storage, Principal.Account operator) throws IOException, CommandFailure;
    }

    /** Opens the images, does the work, and closes them. */
    <T> T on(Work<T> work) throws IOException, CommandFailure {
        return on(settings(), work);
    }

    static <T> T on(Settings settings, Work<T> work) throws IOException, CommandFailure {
        Logging.configure(LogLevel.ERROR, Logging.Format.HUMAN, Logging.Target.STANDARD_ERROR);
        try (Storage storage = Storages.open(settings);
                Catalogue catalogue = new Catalogue(storage, Policies.ofImages(settings))) {
            catalogue.rescan();
            return work.run(
                    catalogue,
                    storage,
                    new Principal.Account("operator", settings.creator().uuid(), Role.ADMIN));
        }
    }

    /** Work on the images and the trash beside them. */
    interface TrashWork<T> {
        T run(Catalogue catalogue, Trash trash, Principal.Account operator) throws IOException, CommandFailure;
    }

    /** Opens the images and their trash, does the work, and closes them. */
    <T> T onTrash(TrashWork<T> work) throws IOException, CommandFailure {
        Settings settings = settings();
        return on(settings, (catalogue, storage, operator) -> {
            if (!(storage instanceof LocalStorage local)) {
                throw new CommandFailure(CommandFailure.WRONG_USE, "images in a bucket have no trash");
            }
            return work.run(catalogue, new Trash(local, Policies.ofImages(settings)), operator);
        });
    }

    /** The configuration, if one is named. */
    Optional<Settings> configuration() throws CommandFailure {
        try {
            return config == null ? Optional.empty() : Optional.of(Settings.read(config, Settings.Overrides.NONE));
        } catch (ConfigException e) {
            throw new CommandFailure(CommandFailure.WRONG_USE, String.valueOf(e.getMessage()));
        }
    }

    private Settings settings() throws CommandFailure {
        try {
            Settings settings =
                    Settings.read(config, new Settings.Overrides(List.of(), Optional.ofNullable(directory)));
            if (!Files.isDirectory(settings.serveDir())) {
                throw new CommandFailure(
                        CommandFailure.WRONG_USE,
                        settings.serveDir() + " is no directory; say --dir DIR or --config FILE");
            }
            return settings;
        } catch (ConfigException e) {
            throw new CommandFailure(CommandFailure.WRONG_USE, String.valueOf(e.getMessage()));
        }
    }
}
