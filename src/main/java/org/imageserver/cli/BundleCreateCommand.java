package org.imageserver.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import org.imageserver.auth.Principal;
import org.imageserver.bundle.BundleExport;
import org.imageserver.bundle.BundleWriter;
import org.imageserver.bundle.Contents;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.config.Settings;
import org.imageserver.signing.SigningKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code image-server bundle create}: of the images here, or of another server's. */
@Command(
        name = "create",
        description = {
            "Puts images into one file, with their sha256 and a signature, in the order in which they are imported.",
            "Files are read twice: a bundle begins with its signed table, so that it can be verified from a pipe."
        },
        mixinStandardHelpOptions = true)
final class BundleCreateCommand implements Callable<Integer> {
    @Mixin
    private BundleSelection selection = new BundleSelection();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "BUNDLE",
            description = "The file, which must not be there yet; - is the standard output.")
    private Path output;

    @Option(names = "--key", paramLabel = "FILE", description = "A secret key to sign with (image-server key new).")
    private @Nullable Path key;

    @Option(
            names = {"--source", "--server"},
            paramLabel = "URL",
            description = "Take the images of this server, such as https://images.smartos.org. They are fetched and"
                    + " verified first, into a directory beside the bundle, and removed afterwards. With --config, it is a"
                    + " source there, with its credentials, ca_file, type, channel, trust and limits, and the mode is that"
                    + " of the configuration.")
    private @Nullable String url;

    @Mixin
    private CatalogueOptions options = new CatalogueOptions();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        selection.check();
        Optional<SigningKey> signing = key == null ? Optional.empty() : Optional.of(Keys.secret(key));
        if (!isPipe() && Files.exists(output)) {
            throw new CommandFailure(CommandFailure.WRONG_USE, output + " is there already, and is not overwritten");
        }
        Path beside = isPipe() ? Path.of("") : output.toAbsolutePath().getParent();
        if (beside == null || !Files.isDirectory(beside.toAbsolutePath())) {
            throw new CommandFailure(CommandFailure.WRONG_USE, "there is no directory for " + output);
        }
        Path scratchPlace = url == null ? Path.of(System.getProperty("java.io.tmpdir")) : beside.toAbsolutePath();
        try (ScratchDirectory scratch = ScratchDirectory.among(scratchPlace)) {
            Set<String> earlier = selection.earlier();
            Optional<Settings> configuration = url == null ? Optional.empty() : options.configuration();
            Settings wanted = selection.settings(
                    url, configuration.map(Settings::mode).orElse(Settings.Mode.PUBLIC), scratch.path());
            if (url == null) {
                return options.on(
                        (catalogue, storage, operator) -> create(catalogue, operator, wanted, earlier, signing));
            }
            Optional<Settings.Source> known = configuration.isPresent()
                    ? Optional.of(BundleFetch.known(url, configuration.get()))
                    : Optional.empty();
            return CatalogueOptions.on(BundleFetch.ready(wanted), (catalogue, storage, operator) -> {
                BundleFetch.fetch(
                        wanted,
                        known,
                        catalogue,
                        storage,
                        earlier,
                        spec.commandLine().getErr());
                return create(catalogue, operator, wanted, earlier, signing);
            });
        } catch (ImageException | IOException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, "no bundle was made: " + e.getMessage());
        }
    }

    private boolean isPipe() {
        return output.toString().equals("-");
    }

    private int create(
            Catalogue catalogue, Principal operator, Settings wanted, Set<String> earlier, Optional<SigningKey> signing)
            throws IOException, CommandFailure {
        PrintWriter err = spec.commandLine().getErr();
        List<Image> images = selection.choose(catalogue.snapshot(), wanted, earlier);
        if (images.isEmpty()) {
            err.println("There is nothing new: no bundle was made.");
            return 0;
        }
        long bytes = images.stream()
                .mapToLong(image -> image.file().map(Image.File::size).orElse(0L))
                .sum();
        BundleExport export = new BundleExport(catalogue, operator);
        Contents contents;
        try (Progress progress = Progress.start("reading", OptionalLong.of(bytes))) {
            contents = export.contents(images, earlier, adding(progress));
        }
        BundleWriter writer = new BundleWriter(contents, signing);
        try (BundleOutput to = BundleOutput.open(output, writer.size());
                Progress progress = Progress.start("writing", OptionalLong.of(bytes))) {
            writer.write(to.stream(), export::open, adding(progress));
            to.commit();
        }
        say(contents, signing, err);
        return 0;
    }

    private static LongConsumer adding(Progress progress) {
        long[] total = {0};
        return bytes -> progress.reached(total[0] += bytes);
    }

    /** On the standard error, since the other may be the bundle. */
    private void say(Contents contents, Optional<SigningKey> signing, PrintWriter err) {
        err.println((isPipe() ? "the standard output" : output) + ": "
                + contents.images().size() + " images, "
                + ProgressText.amount(contents.fileBytes()) + ", "
                + signing.map(its -> "signed with the key " + its).orElse("not signed (--key FILE signs)"));
        Set<String> inside = new HashSet<>();
        for (Contents.Entry image : contents.images()) {
            String origin = image.origin();
            if (origin != null && !inside.contains(origin)) {
                err.println("  " + image + " builds on " + origin + ", which is not in it: it must be there already, or"
                        + " comes along by --with-origins");
            }
            inside.add(image.uuid());
        }
        err.flush();
    }
}
