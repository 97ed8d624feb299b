package org.imageserver.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.imageserver.auth.UsersEditor;
import org.imageserver.auth.UsersException;
import org.imageserver.config.ConfigException;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.LogLevel;
import org.imageserver.logging.Logging;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which the commands on accounts find these, the same as those of {@code serve}. */
final class UsersOptions {
    @Option(names = "--config", paramLabel = "FILE", description = "The server's config.json.")
    private @Nullable Path config;

    @Option(
            names = "--serve-dir",
            paramLabel = "DIR",
            description = "The server's directory of images. Default: ./images.")
    private @Nullable Path serveDir;

    /** Work on the accounts. */
    interface Work {
        int run(UsersEditor users) throws IOException, UsersException, CommandFailure;
    }

    /** Does the work and says failures as a command does. */
    int edit(Work work) throws CommandFailure {
        Logging.configure(LogLevel.WARN, Logging.Format.HUMAN, Logging.Target.STANDARD_ERROR);
        Path file = file();
        try {
            return work.run(new UsersEditor(file, InstantSource.system()));
        } catch (UsersException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, "cannot use " + file + ": " + e);
        }
    }

    private Path file() throws CommandFailure {
        try {
            return Settings.read(config, new Settings.Overrides(List.of(), Optional.ofNullable(serveDir)))
                    .usersFile();
        } catch (ConfigException e) {
            throw new CommandFailure(CommandFailure.WRONG_USE, String.valueOf(e.getMessage()));
        }
    }
}
