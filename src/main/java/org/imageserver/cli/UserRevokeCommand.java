package org.imageserver.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code image-server user revoke}. */
@Command(
        name = "revoke",
        description = "Refuses an account from now on, its token and its ssh keys. Its images stay.",
        mixinStandardHelpOptions = true)
final class UserRevokeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "The account.")
    private String name;

    @Mixin
    private UsersOptions options = new UsersOptions();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        return options.edit(users -> {
            boolean isNew = users.revoke(name);
            spec.commandLine().getOut().println(name + (isNew ? " is revoked" : " was revoked before"));
            return 0;
        });
    }
}
