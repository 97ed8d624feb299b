package org.imageserver.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code image-server key}: the keys that bundles and catalogues are signed with. */
@Command(
        name = "key",
        description = "Makes the keys that bundles and catalogues are signed with, and shows them.",
        mixinStandardHelpOptions = true,
        subcommands = {KeyNewCommand.class, KeyShowCommand.class})
final class KeyCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Say what to do, for example: image-server key new -o images.key");
    }
}
