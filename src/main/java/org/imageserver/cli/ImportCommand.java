package org.imageserver.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.imageserver.Policies;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Role;
import org.imageserver.catalogue.Author;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.FileUpload;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Provenance;
import org.imageserver.config.ConfigException;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.LogLevel;
import org.imageserver.logging.Logging;
import org.imageserver.storage.LocalStorage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code image-server import}: publishes from the standard input or a file, on the directory itself. The uuid alone
 * goes to the standard output, as the old server's import-image had it.
 */
@Command(
        name = "import",
        description = {
            "Publishes the ZFS stream on the standard input and prints the uuid of the image.",
            "It works on the directory itself; a running server sees the image at its next look."
        },
        mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
    private static final String INPUT_HINT = "the image is read from the standard input, such as:"
            + " zfs send zones/UUID@image | gzip | image-server import NAME VERSION DESCRIPTION";

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "The name, such as base-64.")
    private @Nullable String name;

    @Parameters(index = "1", arity = "0..1", paramLabel = "VERSION", description = "The version, such as 1.0.0.")
    private @Nullable String version;

    @Parameters(index = "2", arity = "0..1", paramLabel = "DESCRIPTION", description = "One line; may be empty.")
    private @Nullable String description;

    @Option(
            names = "--manifest",
            paramLabel = "FILE",
            description = "A manifest that imgadm create wrote, in place of the three words; uuid and date are kept.")
    private @Nullable Path manifest;

    @Option(names = "--file", paramLabel = "FILE", description = "The image's file, in place of the standard input.")
    private @Nullable Path file;

    @Option(
            names = {"--dir", "--serve-dir"},
            paramLabel = "DIR",
            description = "The directory of images. Default: what the configuration says, or ./images.")
    private @Nullable Path directory;

    @Option(names = "--config", paramLabel = "FILE", description = "The server's config.json.")
    private @Nullable Path config;

    @Option(names = "--origin", paramLabel = "UUID", description = "The image that an incremental stream builds on.")
    private @Nullable String origin;

    @Option(
            names = "--set",
            paramLabel = "FIELD=JSON",
            description = "Any other field of the manifest; what is no JSON is text: --set os=linux"
                    + " --set 'tags={\"role\":\"db\"}'.")
    private Map<String, String> fields = new LinkedHashMap<>();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        Settings settings = settings();
        ImportedManifest wanted = wanted().with(fields, origin);
        try (CommandInput source = CommandInput.open(file, INPUT_HINT);
                Progress progress = Progress.start("importing", source.size())) {
            source.watchedBy(progress::reached);
            Signals.onStopOrHangUp(source::stop);
            Image image = publish(settings, wanted, source);
            spec.commandLine().getOut().println(image.uuid());
            spec.commandLine().getOut().flush();
            return 0;
        } catch (ImageException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, reason(e));
        } catch (IOException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, "nothing was published: " + e);
        }
    }

    private ImportedManifest wanted() throws CommandFailure {
        if (manifest != null) {
            if (name != null) {
                throw wrong("say either NAME VERSION DESCRIPTION or --manifest FILE");
            }
            return ImportedManifest.read(manifest);
        }
        if (name == null || version == null || description == null) {
            throw wrong("say NAME VERSION DESCRIPTION, such as: image-server import base-64 1.0.0 'A minimal zone'");
        }
        return ImportedManifest.of(name, version, description);
    }

    private Settings settings() throws CommandFailure {
        try {
            Settings settings =
                    Settings.read(config, new Settings.Overrides(List.of(), Optional.ofNullable(directory)));
            if (!Files.isDirectory(settings.serveDir())) {
                throw wrong(settings.serveDir() + " is no directory; say --dir DIR or --config FILE");
            }
            return settings;
        } catch (ConfigException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private Image publish(Settings settings, ImportedManifest wanted, CommandInput source)
            throws IOException, CommandFailure {
        // What is wrong with other images is not the matter here.
        Logging.configure(LogLevel.ERROR, Logging.Format.HUMAN, Logging.Target.STANDARD_ERROR);
        try (LocalStorage storage = new LocalStorage(settings.serveDir());
                Catalogue catalogue = new Catalogue(storage, Policies.ofImages(settings))) {
            catalogue.rescan();
            Logging.configure(LogLevel.WARN, Logging.Format.HUMAN, Logging.Target.STANDARD_ERROR);
            Principal operator =
                    new Principal.Account("import", settings.creator().uuid(), Role.ADMIN);
            FileUpload upload = wanted.upload(source);
            Image image = publish(catalogue, operator, wanted, upload);
            catalogue
                    .provenance()
                    .remember(image.uuid(), Provenance.Origin.now("image-server import, by a person here", "stream"));
            return image;
        } catch (IOException e) {
            if (source.isStopped()) {
                throw new CommandFailure(CommandFailure.FOUND_WRONG, "interrupted; nothing was published");
            }
            throw e;
        }
    }

    private Image publish(Catalogue catalogue, Principal operator, ImportedManifest wanted, FileUpload upload)
            throws IOException, CommandFailure {
        if (manifest == null) {
            return catalogue.publisher().publish(Author.of(operator), wanted.json(), upload);
        }
        String uuid = wanted.uuid().orElseThrow(() -> wrong(manifest + " has no \"uuid\""));
        return catalogue.publisher().importWithFile(Author.of(operator), uuid, wanted.json(), upload);
    }

    private static String reason(ImageException refused) {
        return refused instanceof ImageException.Refused its
                ? its.violations().stream()
                        .filter(violation -> violation.message() != null)
                        .map(violation -> "; " + violation.field() + ": " + violation.message())
                        .collect(Collectors.joining("", refused.getMessage(), ""))
                : refused.getMessage();
    }

    private static CommandFailure wrong(String message) {
        return new CommandFailure(CommandFailure.WRONG_USE, message);
    }
}
