package org.imageserver.cli;

import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.imageserver.cli.doctor.Finding;
import org.imageserver.cli.doctor.Finding.Grade;
import org.imageserver.cli.doctor.ServerDoctor;
import org.imageserver.cli.doctor.SiteDoctor;
import org.imageserver.config.ConfigException;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.LogLevel;
import org.imageserver.logging.Logging;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code image-server doctor}: says what is wrong with a site or a server, and what to do. */
@Command(
        name = "doctor",
        description = {
            "Looks at a configuration with its directory, at a server as imgadm would use it, or at both, and says of"
                    + " each finding what to do. Exit code 1 when anything does not work."
        },
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "URL",
            description =
                    "A server, as \"imgadm sources -a\" has it. Without it, the configuration alone is looked at.")
    private @Nullable String url;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration. Without it and without a URL, what the server would do without one.")
    private @Nullable Path config;

    @Spec
    private CommandSpec spec;

    private final Map<Grade, Integer> counts = new EnumMap<>(Grade.class);

    @Override
    public Integer call() throws CommandFailure {
        Logging.configure(LogLevel.ERROR, Logging.Format.HUMAN, Logging.Target.STANDARD_ERROR);
        Optional<URI> server = Optional.ofNullable(url).isPresent() ? Optional.of(server()) : Optional.empty();
        if (config != null || server.isEmpty()) {
            site();
        }
        try {
            if (server.isPresent()) {
                new ServerDoctor(server.get(), this::tell).examine();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(CommandFailure.FOUND_WRONG, "interrupted");
        }
        int broken = counts.getOrDefault(Grade.BROKEN, 0);
        out().println(counts.getOrDefault(Grade.FINE, 0) + " fine, " + counts.getOrDefault(Grade.WARNING, 0)
                + " to think about, " + broken + " broken");
        out().flush();
        return broken == 0 ? 0 : CommandFailure.FOUND_WRONG;
    }

    private void site() {
        try {
            Settings settings = Settings.read(config, Settings.Overrides.NONE);
            tell(new Finding(
                    Grade.FINE, (config == null ? "the defaults" : config) + ": serves on " + settings.listen(), ""));
            new SiteDoctor(settings, this::tell).examine();
        } catch (ConfigException e) {
            tell(new Finding(
                    Grade.BROKEN, String.valueOf(e.getMessage()), "mend it; config.example.json has every key"));
        }
    }

    private URI server() throws CommandFailure {
        try {
            URI uri = new URI(String.valueOf(url).replaceFirst("/+$", ""));
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw new CommandFailure(CommandFailure.WRONG_USE, "\"" + url + "\" is no URL: " + e.getReason());
        }
        throw new CommandFailure(
                CommandFailure.WRONG_USE,
                "\"" + url + "\" is no URL of a server: expected http://HOST:PORT or https://HOST");
    }

    private void tell(Finding finding) {
        counts.merge(finding.grade(), 1, Integer::sum);
        out().printf("%-4s  %s%n", finding.grade().word(), finding.what());
        if (!finding.fix().isEmpty()) {
            out().println("      -> " + finding.fix());
        }
        out().flush();
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
