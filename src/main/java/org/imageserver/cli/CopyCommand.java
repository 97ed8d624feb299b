package org.imageserver.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.imageserver.Policies;
import org.imageserver.Storages;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageCopy;
import org.imageserver.catalogue.ImageCopy.Result;
import org.imageserver.config.ConfigException;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.LogLevel;
import org.imageserver.logging.Logging;
import org.imageserver.storage.Storage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code image-server copy}: moves a catalogue between a directory and a bucket, while servers use both. */
@Command(
        name = "copy",
        description = {
            "Copies all images from one place to another: a directory, or s3://BUCKET/PREFIX.",
            "Servers may be using both. What is there already is not copied again, so a copy that was broken off",
            "goes on; sha1s are compared; an image is seen when it is whole. Nothing is removed.",
            "Credentials of a bucket come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ~/.aws."
        },
        mixinStandardHelpOptions = true)
final class CopyCommand implements Callable<Integer> {
    @Option(names = "--from", required = true, paramLabel = "PLACE", description = "Where the images are.")
    private String from;

    @Option(names = "--to", required = true, paramLabel = "PLACE", description = "Where they are to be.")
    private String to;

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = "The object store of s3:// places; without it, Amazon's own.")
    private @Nullable URI endpoint;

    @Option(names = "--region", paramLabel = "NAME", description = "Its region. Default: us-east-1.")
    private String region = "us-east-1";

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        Logging.configure(LogLevel.ERROR, Logging.Format.HUMAN, Logging.Target.STANDARD_ERROR);
        if (!from.startsWith("s3://") && !Files.isDirectory(Path.of(from))) {
            throw new CommandFailure(CommandFailure.WRONG_USE, from + " is no directory");
        }
        // What a server would keep beside a bucket is of no use to a copy.
        try (ScratchDirectory scratch = ScratchDirectory.among(Path.of(System.getProperty("java.io.tmpdir")));
                Storage source = open(from, scratch);
                Storage target = open(to, scratch);
                ImageCopy copy = new ImageCopy(source, target, Policies.ofImages(settings()))) {
            return copy(copy);
        } catch (IOException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, e.getMessage() + "; say it again to go on");
        }
    }

    private static Settings settings() throws CommandFailure {
        try {
            return Settings.read(null, Settings.Overrides.NONE);
        } catch (ConfigException e) {
            throw new CommandFailure(CommandFailure.WRONG_USE, String.valueOf(e.getMessage()));
        }
    }

    private Storage open(String place, ScratchDirectory scratch) throws IOException {
        return Storages.open(place, Optional.ofNullable(endpoint), region, scratch.path());
    }

    private int copy(ImageCopy copy) {
        List<Image> images = copy.images();
        PrintWriter out = spec.commandLine().getOut();
        Map<Result, Integer> counts = new EnumMap<>(Result.class);
        int failed = 0;
        try (Progress progress = Progress.start("copying", OptionalLong.of(copy.bytes()))) {
            long[] done = {0};
            for (Image image : images) {
                progress.describe(image.name() + " " + image.version());
                try {
                    Result result = copy.copy(image, bytes -> progress.reached(done[0] += bytes));
                    counts.merge(result, 1, Integer::sum);
                } catch (IOException e) {
                    failed++;
                    progress.print(() -> spec.commandLine()
                            .getErr()
                            .println("image-server: " + image.uuid() + " was not copied: " + e.getMessage()));
                }
            }
        }
        copy.problems().forEach(problem -> out.println("not copied: " + problem));
        out.println("copied: " + counts.getOrDefault(Result.COPIED, 0)
                + ", updated: " + counts.getOrDefault(Result.UPDATED, 0)
                + ", there already: " + counts.getOrDefault(Result.THERE_ALREADY, 0)
                + ", failed: " + (failed + copy.problems().size()));
        out.flush();
        return failed + copy.problems().size() == 0 ? 0 : CommandFailure.FOUND_WRONG;
    }
}
