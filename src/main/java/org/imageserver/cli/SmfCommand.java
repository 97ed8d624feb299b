package org.imageserver.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code image-server smf}: the service manifest for the place where the server stands. */
@Command(
        name = "smf",
        description = "Prints an SMF manifest for this server; import it with svccfg.",
        mixinStandardHelpOptions = true)
final class SmfCommand implements Callable<Integer> {
    @Option(names = "--home", paramLabel = "DIR", description = "Where the launcher is. Default: where it is now.")
    private @Nullable Path home;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration file. Default: config.json beside the launcher.")
    private @Nullable Path config;

    @Option(names = "--user", paramLabel = "USER", description = "Who runs it. Default: ${DEFAULT-VALUE}.")
    private String user = System.getProperty("user.name");

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Path launcher = Path.of(System.getProperty("image-server.launcher", "image-server"))
                .toAbsolutePath();
        Path directory = home == null ? Objects.requireNonNull(launcher.getParent()) : home.toAbsolutePath();
        Path configuration = config == null ? directory.resolve("config.json") : config.toAbsolutePath();
        spec.commandLine()
                .getOut()
                .print(template()
                        .replace("@HOME@", escape(directory.toString()))
                        .replace("@CONFIG@", escape(configuration.toString()))
                        .replace("@USER@", escape(user)));
        spec.commandLine().getOut().flush();
        return 0;
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace("\"", "&quot;")
                .replace("'", "&apos;");
    }

    private static String template() {
        try (InputStream stream = Objects.requireNonNull(SmfCommand.class.getResourceAsStream("smf.xml"))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
