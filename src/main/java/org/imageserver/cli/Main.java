package org.imageserver.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.imageserver.Version;
import org.imageserver.config.Settings.LogLevel;
import org.imageserver.logging.Logging;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code image-server}. */
@Command(
        name = "image-server",
        description = "Serves SmartOS images to imgadm, from a plain directory.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.ProgramVersion.class,
        footer = {"", "Exit codes: 0 fine, 1 something is wrong or refused, 2 wrong use."})
public final class Main implements Runnable {
    /** What knows all the others, or is about them. */
    private static final Set<String> ABOUT_ALL = Set.of("help", "generate-completion");

    @Spec
    private CommandSpec spec;

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        // Until a command says otherwise: libraries are chatty, and standard output is for what was asked for.
        Logging.configure(LogLevel.WARN, Logging.Format.HUMAN, Logging.Target.STANDARD_ERROR);
        System.exit(commandLine(arguments)
                .setExecutionStrategy(new AuditedCommands())
                .execute(arguments));
    }

    /**
     * The command line with the command that the arguments begin with, or with all of them when they begin with none or
     * with one that is about the others. To read the options of all takes a third of the time that a server needs to start.
     */
    public static CommandLine commandLine(String... arguments) {
        CommandLine line = new CommandLine(new Main());
        Map<String, Class<?>> commands = commands();
        if (arguments.length > 0 && commands.containsKey(arguments[0]) && !ABOUT_ALL.contains(arguments[0])) {
            commands.keySet().retainAll(Set.of(arguments[0]));
        }
        commands.forEach(line::addSubcommand);
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> explain(failure, command));
    }

    /** In the order in which help shows them. */
    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("serve", ServeCommand.class);
        commands.put("check-config", CheckConfigCommand.class);
        commands.put("check", CheckCommand.class);
        commands.put("import", ImportCommand.class);
        commands.put("sync", SyncCommand.class);
        commands.put("bundle", BundleCommand.class);
        commands.put("key", KeyCommand.class);
        commands.put("copy", CopyCommand.class);
        commands.put("sweep", SweepCommand.class);
        commands.put("scrub", ScrubCommand.class);
        commands.put("retention", RetentionCommand.class);
        commands.put("trash", TrashCommand.class);
        commands.put("promote", PromoteCommand.class);
        commands.put("demote", DemoteCommand.class);
        commands.put("verify", VerifyCommand.class);
        commands.put("doctor", DoctorCommand.class);
        commands.put("user", UserCommand.class);
        commands.put("smf", SmfCommand.class);
        commands.put("prepare", PrepareCommand.class);
        commands.put("generate-completion", GenerateCompletion.class);
        commands.put("help", HelpCommand.class);
        return commands;
    }

    /** An expected failure is a sentence; only a fault of the program is a stack trace. */
    private static int explain(Exception failure, CommandLine command) throws Exception {
        if (failure instanceof CommandFailure expected) {
            command.getErr().println("image-server: " + expected.getMessage());
            return expected.exitCode();
        }
        throw failure;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do, for example: image-server serve");
    }

    static final class ProgramVersion implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "image-server " + Version.current() + " (Java "
                        + Runtime.version().feature() + ")"
            };
        }
    }
}
