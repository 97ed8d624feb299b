package org.imageserver.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.imageserver.auth.User;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code image-server user list}. */
@Command(
        name = "list",
        description = "Lists the accounts, those that are revoked or expired too.",
        mixinStandardHelpOptions = true)
final class UserListCommand implements Callable<Integer> {
    private static final String COLUMNS = "%-20s %-9s %-36s %-20s %s%n";

    @Mixin
    private UsersOptions options = new UsersOptions();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        return options.edit(users -> {
            List<User> all = users.list();
            if (all.isEmpty()) {
                spec.commandLine().getErr().println("There are no accounts yet: image-server user add NAME");
                return 0;
            }
            PrintWriter out = spec.commandLine().getOut();
            out.printf(COLUMNS, "NAME", "ROLE", "OWNER", "CREATED", "STATE");
            Instant now = Instant.now();
            for (User user : all) {
                String role = user.role().name().toLowerCase(Locale.ROOT);
                out.printf(COLUMNS, user.name(), role, user.uuid(), user.created(), state(user, now));
            }
            out.flush();
            return 0;
        });
    }

    private static String state(User user, Instant now) {
        if (user.revoked().isPresent()) {
            return "revoked at " + user.revoked().get();
        }
        if (user.expires().equals(User.NEVER)) {
            return "active";
        }
        return (user.isActive(now) ? "active until " : "expired at ") + user.expires();
    }
}
