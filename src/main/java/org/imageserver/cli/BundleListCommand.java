package org.imageserver.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.imageserver.bundle.BundleReader;
import org.imageserver.bundle.Contents;
import org.imageserver.bundle.Trust;
import org.imageserver.signing.VerificationKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code image-server bundle list}: what a bundle says is in it; its files are not read. */
@Command(
        name = "list",
        description = "Shows what is in a bundle and who signed it. Only importing reads and verifies all of it.",
        mixinStandardHelpOptions = true)
final class BundleListCommand implements Callable<Integer> {
    @Parameters(paramLabel = "BUNDLE", description = "The file; - is the standard input.")
    private Path file;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        PrintWriter out = spec.commandLine().getOut();
        try (CommandInput input = CommandInput.open(file, BundleCommand.INPUT_HINT)) {
            BundleReader bundle = BundleReader.open(input, Trust.ANYBODY);
            Contents contents = bundle.contents();
            out.println("made " + contents.created() + ", "
                    + bundle.signer().map(BundleListCommand::signed).orElse("not signed"));
            for (Contents.Entry image : contents.images()) {
                out.println(image.uuid() + "  "
                        + ProgressText.amount(image.file().size()) + "  " + image.name() + " " + image.version()
                        + (image.origin() == null ? "" : "  on " + image.origin()));
            }
            out.println("images: " + contents.images().size() + ", " + ProgressText.amount(contents.fileBytes())
                    + "; in earlier bundles: " + contents.earlier().size());
            out.flush();
            return 0;
        } catch (IOException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, file + ": " + e.getMessage());
        }
    }

    private static String signed(VerificationKey key) {
        return "signed with the key " + key.fingerprint();
    }
}
