package org.imageserver.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.imageserver.config.ConfigException;
import org.imageserver.config.Settings;
import org.imageserver.logging.Logging;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** Runs a command, and writes into the audit log which user of this machine changed something by it. */
final class AuditedCommands implements IExecutionStrategy {
    private static final Logger LOG = LoggerFactory.getLogger("org.imageserver.audit");

    private static final Set<String> CHANGING = Set.of(
            "import",
            "bundle import",
            "sync",
            "sweep",
            "retention",
            "trash restore",
            "trash empty",
            "promote",
            "demote",
            "user add",
            "user revoke");

    @Override
    public int execute(ParseResult parsed) {
        boolean isDone = false;
        try {
            int code = new RunLast().execute(parsed);
            isDone = code == 0;
            return code;
        } finally {
            if (isChanging(parsed)) {
                write(parsed, isDone);
            }
        }
    }

    private static boolean isChanging(ParseResult parsed) {
        List<String> names = parsed.asCommandLineList().stream()
                .skip(1)
                .map(command -> command.getCommandName())
                .toList();
        ParseResult leaf = leaf(parsed);
        return CHANGING.contains(String.join(" ", names))
                && !leaf.isUsageHelpRequested()
                && !leaf.hasMatchedOption("--dry-run");
    }

    private static ParseResult leaf(ParseResult parsed) {
        return parsed.asCommandLineList().getLast().getParseResult();
    }

    private static void write(ParseResult parsed, boolean isDone) {
        Optional<Settings> settings = settings(leaf(parsed));
        if (settings.filter(its -> Files.isDirectory(its.serveDir())).isEmpty()) {
            // Nothing can have been changed there.
            return;
        }
        if (!isDone && Files.notExists(settings.get().auditLog())) {
            // Where nobody served anything, what was refused leaves nothing.
            return;
        }
        try {
            Logging.audit(settings.get().auditLog());
        } catch (IOException e) {
            parsed.commandSpec()
                    .commandLine()
                    .getErr()
                    .println("image-server: the audit log " + settings.get().auditLog() + " cannot be written: "
                            + e.getMessage());
        }
        LoggingEventBuilder line = LOG.atInfo().addKeyValue("user", System.getProperty("user.name"));
        @Nullable String behind = System.getenv("SUDO_USER");
        if (behind != null) {
            line = line.addKeyValue("sudo_user", behind);
        }
        line.addKeyValue("command", String.join(" ", parsed.originalArgs())).log(isDone ? "done" : "failed");
    }

    private static Optional<Settings> settings(ParseResult leaf) {
        Optional<Path> config = Optional.ofNullable(leaf.matchedOptionValue("--config", (Path) null));
        Optional<Path> directory = Optional.ofNullable(leaf.matchedOptionValue("--serve-dir", (Path) null));
        try {
            return Optional.of(Settings.read(config.orElse(null), new Settings.Overrides(List.of(), directory)));
        } catch (ConfigException e) {
            // Which the command has said itself.
            return Optional.empty();
        }
    }
}
