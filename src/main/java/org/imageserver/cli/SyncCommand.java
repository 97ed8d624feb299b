package org.imageserver.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.imageserver.Policies;
import org.imageserver.Storages;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.config.ConfigException;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.LogLevel;
import org.imageserver.logging.Logging;
import org.imageserver.mirror.Mirror;
import org.imageserver.mirror.Mirrors;
import org.imageserver.mirror.Plan;
import org.imageserver.remote.RemoteException;
import org.imageserver.storage.Storage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code image-server sync}: brings here what the sources have, now. A running server does so by itself. */
@Command(
        name = "sync",
        description = {
            "Brings here what is wanted of the sources, and prints what it did: those in the configuration, and those that"
                    + " administrators gave the server while it ran.",
            "A running server does the same by itself, at the interval of each source, and sees what this command brings."
        },
        mixinStandardHelpOptions = true)
final class SyncCommand implements Callable<Integer> {
    @Parameters(index = "0", arity = "0..1", paramLabel = "URL", description = "This source alone.")
    private @Nullable String only;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The server's config.json.")
    private Path config;

    @Option(names = "--dry-run", description = "Print what would come and how big it is; bring nothing.")
    private boolean isDry;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        Logging.configure(LogLevel.ERROR, Logging.Format.HUMAN, Logging.Target.STANDARD_ERROR);
        Settings settings = settings();
        makeDirectory(settings);
        try (Storage storage = Storages.open(settings);
                Catalogue catalogue = new Catalogue(storage, Policies.ofImages(settings));
                Mirrors mirrors = new Mirrors(settings, catalogue, catalogue.provenance())) {
            catalogue.rescan();
            boolean isAllDone = true;
            for (Mirror mirror : wanted(mirrors)) {
                isAllDone &= sync(mirror);
            }
            return isAllDone ? 0 : CommandFailure.FOUND_WRONG;
        } catch (IOException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, String.valueOf(e.getMessage()));
        }
    }

    /** A mirror may begin with nothing, as a server may. */
    private static void makeDirectory(Settings settings) throws CommandFailure {
        try {
            Files.createDirectories(settings.serveDir());
        } catch (IOException e) {
            throw new CommandFailure(
                    CommandFailure.WRONG_USE, "the directory " + settings.serveDir() + " cannot be made: " + e);
        }
    }

    private Settings settings() throws CommandFailure {
        try {
            return Settings.read(config, Settings.Overrides.NONE);
        } catch (ConfigException e) {
            throw new CommandFailure(CommandFailure.WRONG_USE, String.valueOf(e.getMessage()));
        }
    }

    private List<Mirror> wanted(Mirrors mirrors) throws CommandFailure {
        List<Mirror> wanted = mirrors.all().stream()
                .filter(mirror -> only == null || mirror.source().url().equals(only.replaceAll("/+$", "")))
                .toList();
        if (wanted.isEmpty()) {
            throw new CommandFailure(
                    CommandFailure.WRONG_USE,
                    only == null
                            ? config
                                    + " has no \"sources\" with the policy \"mirror\" or \"both\", nor was the server given any"
                            : "no source in " + config
                                    + ", or given to the server, with the policy \"mirror\" or \"both\" is " + only);
        }
        return wanted;
    }

    private boolean sync(Mirror mirror) throws RemoteException {
        PrintWriter out = spec.commandLine().getOut();
        Plan plan = mirror.plan();
        out.println(mirror.source().url() + ": to bring " + plan.missing().size() + " images, "
                + ProgressText.amount(plan.bytes()) + "; here already " + plan.present() + "; changed there "
                + plan.changed().size() + "; gone there " + plan.gone().size());
        if (isDry) {
            plan.missing()
                    .forEach(image -> out.println("  " + image.uuid() + "  "
                            + Terminal.safe(image.name() + " " + image.version()) + "  "
                            + ProgressText.amount(image.size())));
            out.flush();
            return true;
        }
        out.flush();
        try (Progress progress = Progress.start("mirroring", OptionalLong.of(plan.bytes()))) {
            return mirror.run(plan, new MirrorProgress(progress, out, what -> {
                out.println("FAILED: " + what);
                out.flush();
            }));
        }
    }
}
