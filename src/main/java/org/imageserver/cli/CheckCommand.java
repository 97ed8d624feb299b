package org.imageserver.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.imageserver.catalogue.DirectoryCheck;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Problem;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.LogLevel;
import org.imageserver.logging.Logging;
import org.imageserver.storage.LocalStorage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code image-server check}: says what in a directory is not served, and why. */
@Command(
        name = "check",
        description = "Checks a directory of images; exit code 1 when anything is wrong.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "The directory of images.")
    private Path directory;

    @Option(names = "--hashes", description = "Also reads every file and compares its sha1; this takes a while.")
    private boolean areHashesWanted;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        // The problems are the output here, not the log.
        Logging.configure(LogLevel.ERROR, Logging.Format.HUMAN, Logging.Target.STANDARD_ERROR);
        if (!Files.isDirectory(directory)) {
            throw new CommandFailure(CommandFailure.WRONG_USE, directory + " is no directory");
        }
        try (LocalStorage storage = new LocalStorage(directory)) {
            DirectoryCheck check = new DirectoryCheck(storage, Settings.NOBODY);
            List<Problem> problems = new ArrayList<>(check.problems());
            PrintWriter out = spec.commandLine().getOut();
            problems.forEach(out::println);
            if (areHashesWanted) {
                problems.addAll(checkHashes(check, out));
            }
            out.println("images that can be served: " + check.images().size() + ", problems: " + problems.size());
            return problems.isEmpty() ? 0 : CommandFailure.FOUND_WRONG;
        } catch (IOException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, directory + " cannot be read: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(CommandFailure.FOUND_WRONG, "interrupted");
        }
    }

    private static List<Problem> checkHashes(DirectoryCheck check, PrintWriter out)
            throws IOException, InterruptedException {
        List<Problem> found = new ArrayList<>();
        long total = check.images().stream().mapToLong(CheckCommand::bytes).sum();
        try (Progress progress = Progress.start("checking", OptionalLong.of(total))) {
            long before = 0;
            for (Image image : check.images()) {
                long base = before;
                check.checkSha1(image, read -> progress.reached(base + read)).ifPresent(problem -> {
                    progress.print(() -> {
                        out.println(problem);
                        out.flush();
                    });
                    found.add(problem);
                });
                before += bytes(image);
            }
        }
        return found;
    }

    private static long bytes(Image image) {
        return image.file().map(file -> file.size()).orElse(0L);
    }
}
