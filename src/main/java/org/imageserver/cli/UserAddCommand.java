package org.imageserver.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.imageserver.auth.Role;
import org.imageserver.auth.User;
import org.imageserver.auth.UsersEditor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code image-server user add}: the token alone goes to the standard output, so that a script can keep it. */
@Command(
        name = "add",
        description = "Adds an account and prints its token, this once: only a hash of it is kept.",
        mixinStandardHelpOptions = true)
final class UserAddCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "The name: letters, digits and . _ @ -")
    private String name;

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            description = "reader sees what is shared with it, publisher also publishes and changes what it owns, admin"
                    + " does everything. Default: reader.")
    private @Nullable Role role;

    @Option(
            names = "--expires",
            paramLabel = "WHEN",
            description = "90d, 12h, 2030-12-31 (through that day, UTC) or never. Default: never.")
    private @Nullable String expires;

    @Option(
            names = "--uuid",
            paramLabel = "UUID",
            description = "The owner that is recorded in its images. Default: a random one.")
    private @Nullable String uuid;

    @Option(
            names = "--rotate",
            description = "Gives an account that exists, a revoked one too, a new token; the old one is refused then.")
    private boolean isRotated;

    @Mixin
    private UsersOptions options = new UsersOptions();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Optional<Instant> end = expires == null ? Optional.empty() : Optional.of(Expiry.parse(expires, now));
        UsersEditor.Grant grant = new UsersEditor.Grant(Optional.ofNullable(role), end, Optional.ofNullable(uuid));
        return options.edit(users -> {
            UsersEditor.Issued issued = isRotated ? users.rotate(name, grant) : users.add(name, grant);
            spec.commandLine().getOut().println(issued.token());
            spec.commandLine().getErr().println(explanation(issued.user()));
            return 0;
        });
    }

    private static String explanation(User user) {
        String end = user.expires().equals(User.NEVER) ? "never expires" : "expires at " + user.expires();
        return "This is the token of " + user.name() + " (" + user.role().name().toLowerCase(Locale.ROOT) + ", owner "
                + user.uuid() + ", " + end + "); it is not shown again. Sources for imgadm: http://" + user.name()
                + ":TOKEN@HOST or http://HOST/v/TOKEN";
    }
}
