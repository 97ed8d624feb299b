package org.imageserver.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.imageserver.config.ConfigException;
import org.imageserver.config.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code image-server check-config}: reads a configuration file as {@code serve} would, and starts nothing. */
@Command(
        name = "check-config",
        description = "Checks a configuration file without starting anything.",
        mixinStandardHelpOptions = true)
final class CheckConfigCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The configuration file.")
    private Path file;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        try {
            Settings settings = Settings.read(file, Settings.Overrides.NONE);
            spec.commandLine()
                    .getOut()
                    .println(file + " is fine: serves " + settings.serveDir() + " on " + settings.listen());
            return 0;
        } catch (ConfigException e) {
            throw new CommandFailure(CommandFailure.WRONG_USE, String.valueOf(e.getMessage()));
        }
    }
}
