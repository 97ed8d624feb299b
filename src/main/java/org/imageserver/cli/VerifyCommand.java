package org.imageserver.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.imageserver.config.Settings.LogLevel;
import org.imageserver.logging.Logging;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code image-server verify}: the verdicts of publishing, without publishing. */
@Command(
        name = "verify",
        description = {
            "Reads ZFS send streams, compressed or not, and says what they hold and what is wrong with them.",
            "Exit code 1 when anything is wrong, which takes one line each."
        },
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
    @Parameters(
            arity = "1..*",
            paramLabel = "FILE|DIR|URL",
            description = "Files, directories of images, http urls, or - for the standard input.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--json", description = "Prints one JSON array, with an object for each file.")
    private boolean isJson;

    @Spec
    private CommandSpec spec;

    private boolean areAllGood = true;

    @Override
    public Integer call() throws CommandFailure {
        Logging.configure(LogLevel.ERROR, Logging.Format.HUMAN, Logging.Target.STANDARD_ERROR);
        PrintWriter out = spec.commandLine().getOut();
        List<Examined> all = new ArrayList<>();
        for (String name : names) {
            examine(name, examined -> {
                areAllGood &= examined.problems().isEmpty();
                if (isJson) {
                    all.add(examined);
                } else {
                    out.print(VerifyReport.text(examined));
                    out.flush();
                }
            });
        }
        if (isJson) {
            out.println(VerifyReport.json(all));
            out.flush();
        }
        return areAllGood ? 0 : CommandFailure.FOUND_WRONG;
    }

    private static void examine(String name, Consumer<Examined> found) throws CommandFailure {
        try {
            if (!VerifyInput.isUrl(name) && Files.isDirectory(Path.of(name))) {
                new VerifyDirectory(Path.of(name)).examine(found);
                return;
            }
            Examined examined;
            try (VerifyInput bytes = VerifyInput.open(name);
                    Progress progress = Progress.start("verifying " + bytes.label(), bytes.size())) {
                examined = Examined.stream(name, bytes.watchedBy(progress::reached));
            }
            found.accept(examined);
        } catch (IOException e) {
            found.accept(Examined.bad(name, "cannot be read: " + (e.getMessage() == null ? e : e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(CommandFailure.FOUND_WRONG, "interrupted");
        }
    }
}
