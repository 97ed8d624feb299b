package org.imageserver.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.imageserver.bundle.BundleImport;
import org.imageserver.bundle.BundleReader;
import org.imageserver.bundle.Trust;
import org.imageserver.catalogue.ImageException;
import org.imageserver.signing.VerificationKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code image-server bundle import}: on the images themselves; a running server sees them at its next look. */
@Command(
        name = "import",
        description = {
            "Publishes the images of a bundle, all of which is verified first: when one bit is wrong, nothing appears.",
            "Images that are here already stay as they are. A running server sees the new ones at its next look."
        },
        mixinStandardHelpOptions = true)
final class BundleImportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "BUNDLE", description = "The file; - is the standard input.")
    private Path file;

    @Option(
            names = "--trust",
            paramLabel = "KEY",
            description =
                    "A public key, ssh-ed25519 AAAA..., or a file with one; several may be named. One of them must"
                            + " have signed the bundle.")
    private List<String> trusted = new ArrayList<>();

    @Option(
            names = "--allow-unsigned",
            description = "Take the bundle whoever made it. Accidents are noticed all the same, but not what somebody"
                    + " changed on purpose.")
    private boolean isAnybodyTrusted;

    @Mixin
    private CatalogueOptions options = new CatalogueOptions();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        Trust trust = trust();
        try (CommandInput input = CommandInput.open(file, BundleCommand.INPUT_HINT)) {
            Signals.onStopOrHangUp(input::stop);
            return options.on((catalogue, storage, operator) -> {
                try (Progress progress = Progress.start("importing", input.size())) {
                    input.watchedBy(progress::reached);
                    BundleReader bundle = BundleReader.open(input, trust);
                    return report(BundleImport.run(catalogue, operator, bundle));
                } catch (IOException | ImageException e) {
                    throw new CommandFailure(
                            CommandFailure.FOUND_WRONG,
                            input.isStopped() ? "interrupted; nothing was imported" : file + ": " + e.getMessage());
                }
            });
        } catch (IOException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, "nothing was imported: " + e.getMessage());
        }
    }

    private Trust trust() throws CommandFailure {
        if (trusted.isEmpty() != isAnybodyTrusted) {
            throw new CommandFailure(
                    CommandFailure.WRONG_USE,
                    "say whose bundles are taken: --trust KEY, the public key of whoever made it, or"
                            + " --allow-unsigned for anybody's");
        }
        List<VerificationKey> keys = new ArrayList<>();
        for (String key : trusted) {
            keys.add(Keys.open(key));
        }
        return new Trust(keys);
    }

    private int report(BundleImport.Result result) {
        PrintWriter out = spec.commandLine().getOut();
        result.imported().forEach(image -> out.println("imported " + image));
        result.different()
                .forEach(image ->
                        out.println("NOT IMPORTED: " + image + " is here with another file, and stays as it is"));
        out.println("imported: " + result.imported().size() + ", here already: "
                + (result.there().size() + result.different().size()));
        out.flush();
        return result.different().isEmpty() ? 0 : CommandFailure.FOUND_WRONG;
    }
}
