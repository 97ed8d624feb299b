package org.imageserver.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.imageserver.Policies;
import org.imageserver.Upkeep;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Trash;
import org.imageserver.config.ConfigException;
import org.imageserver.config.Settings;
import org.imageserver.retention.Plan;
import org.imageserver.retention.Retention;
import org.imageserver.statistics.Statistics;
import org.imageserver.storage.LocalStorage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code image-server retention}: takes away what the rules say, now. A running server does so once a day. */
@Command(
        name = "retention",
        description = {
            "Takes the images away that the rules of \"retention\" in the configuration name, to the trash.",
            "A running server does the same by itself, at its start and once a day, and sees what this command does."
        },
        mixinStandardHelpOptions = true)
final class RetentionCommand implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The server's config.json.")
    private Path config;

    @Option(names = "--dry-run", description = "Tell what would go and why, and take nothing away.")
    private boolean isDry;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        try {
            Settings settings = Settings.read(config, Settings.Overrides.NONE);
            if (settings.retention().rules().isEmpty()) {
                throw new CommandFailure(CommandFailure.WRONG_USE, config + " has no rules under \"retention\"");
            }
            return CatalogueOptions.on(settings, (catalogue, storage, operator) -> {
                try (Statistics statistics = new Statistics(storage, InstantSource.system())) {
                    statistics.start();
                    Trash trash = new Trash((LocalStorage) storage, Policies.ofImages(settings));
                    return run(new Retention(
                            settings, catalogue, trash, Upkeep.pulls(statistics), InstantSource.system()));
                }
            });
        } catch (ConfigException e) {
            throw new CommandFailure(CommandFailure.WRONG_USE, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, String.valueOf(e.getMessage()));
        }
    }

    private int run(Retention retention) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Plan plan = retention.plan();
        plan.notes().forEach(out::println);
        Told told = new Told(out);
        boolean isAllDone = true;
        if (isDry) {
            plan.going().forEach(told::gone);
        } else {
            isAllDone = retention.run(plan, told);
            retention.emptyTrash();
        }
        out.println((isDry ? "would go to the trash: " : "went to the trash: ") + told.count + " images, "
                + ProgressText.amount(told.bytes));
        out.flush();
        return isAllDone ? 0 : CommandFailure.FOUND_WRONG;
    }

    /** To whoever said the command. */
    private static final class Told implements Retention.Watcher {
        private final PrintWriter out;
        private int count;
        private long bytes;

        Told(PrintWriter out) {
            this.out = out;
        }

        @Override
        public void gone(Plan.Going going) {
            Image image = going.image();
            out.println(image.uuid() + "  " + image.name() + " " + image.version() + "  "
                    + ProgressText.amount(going.bytes()) + "  " + going.why());
            count++;
            bytes += going.bytes();
        }

        @Override
        public void failed(Plan.Going going, String why) {
            out.println("FAILED: " + going.image().uuid() + ": " + why);
        }
    }
}
