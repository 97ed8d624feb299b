package org.imageserver.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code image-server user}: the accounts. A running server sees a change within a second. */
@Command(
        name = "user",
        description = "Adds, lists and revokes accounts; a running server sees a change within a second.",
        mixinStandardHelpOptions = true,
        subcommands = {UserAddCommand.class, UserListCommand.class, UserRevokeCommand.class})
final class UserCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Say what to do, for example: image-server user add alice --role publisher");
    }
}
