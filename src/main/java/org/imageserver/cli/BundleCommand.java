package org.imageserver.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code image-server bundle}: images in one file, for networks that are not connected. */
@Command(
        name = "bundle",
        description = "Puts images into one signed file, and takes them out of it where no network leads.",
        mixinStandardHelpOptions = true,
        subcommands = {BundleCreateCommand.class, BundleImportCommand.class, BundleListCommand.class})
final class BundleCommand implements Runnable {
    static final String INPUT_HINT = "the bundle is read from the standard input: < FILE";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Say what to do, for example: image-server bundle create UUID --with-origins -o images.tar");
    }
}
