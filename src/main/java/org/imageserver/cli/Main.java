package org.imageserver.cli;

import org.imageserver.Version;
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
        subcommands = {
            ServeCommand.class,
            CheckConfigCommand.class,
            CheckCommand.class,
            ImportCommand.class,
            SyncCommand.class,
            BundleCommand.class,
            KeyCommand.class,
            CopyCommand.class,
            SweepCommand.class,
            ScrubCommand.class,
            RetentionCommand.class,
            TrashCommand.class,
            VerifyCommand.class,
            DoctorCommand.class,
            UserCommand.class,
            SmfCommand.class,
            PrepareCommand.class,
            GenerateCompletion.class,
            HelpCommand.class
        },
        footer = {"", "Exit codes: 0 fine, 1 something is wrong or refused, 2 wrong use."})
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command line with all its commands. */
    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> explain(failure, command));
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
