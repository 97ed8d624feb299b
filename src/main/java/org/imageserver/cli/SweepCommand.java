package org.imageserver.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.imageserver.Policies;
import org.imageserver.Storages;
import org.imageserver.catalogue.LeftoverSweep;
import org.imageserver.catalogue.SharedSweep;
import org.imageserver.config.ConfigException;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.LogLevel;
import org.imageserver.logging.Logging;
import org.imageserver.storage.Storage;
import org.imageserver.storage.SweepReport;
import org.imageserver.storage.objects.BucketStorage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code image-server sweep}: removes what interrupted publishing left in a bucket. Servers do so by themselves. */
@Command(
        name = "sweep",
        description = {
            "Removes what interrupted publishing left in a bucket: objects that no image leads to, unfinished uploads.",
            "The servers on the bucket do the same, one of them each hour; this is for looking, and for the impatient."
        },
        mixinStandardHelpOptions = true)
final class SweepCommand implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The server's config.json.")
    private Path config;

    @Option(names = "--dry-run", description = "Tell what would be removed, and remove nothing.")
    private boolean isDry;

    @Option(
            names = "--older-than",
            paramLabel = "HOURS",
            description = "Only what has been there for so long; no upload may take longer. Default: 24.")
    private long hours = LeftoverSweep.REST.toHours();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        Logging.configure(LogLevel.WARN, Logging.Format.HUMAN, Logging.Target.STANDARD_ERROR);
        Settings settings = settings();
        if (hours < 1) {
            throw new CommandFailure(CommandFailure.WRONG_USE, "--older-than must be 1 hour or more");
        }
        try (Storage storage = Storages.open(settings)) {
            if (!(storage instanceof BucketStorage bucket)) {
                throw new CommandFailure(
                        CommandFailure.WRONG_USE,
                        config + " keeps images in a directory, which each start of the server sweeps");
            }
            SharedSweep sweep = new SharedSweep(bucket, Policies.ofImages(settings));
            tell(sweep.sweep(Duration.ofHours(hours), isDry));
            return 0;
        } catch (IOException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, String.valueOf(e.getMessage()));
        }
    }

    private Settings settings() throws CommandFailure {
        try {
            return Settings.read(config, Settings.Overrides.NONE);
        } catch (ConfigException e) {
            throw new CommandFailure(CommandFailure.WRONG_USE, String.valueOf(e.getMessage()));
        }
    }

    private void tell(SweepReport swept) {
        PrintWriter out = spec.commandLine().getOut();
        swept.names().forEach(out::println);
        out.println(
                (isDry ? "would be removed: " : "removed: ") + swept.names().size() + ", " + swept.bytes() + " bytes");
        out.flush();
    }
}
