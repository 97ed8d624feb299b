package org.imageserver.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.imageserver.ImageServer;
import org.imageserver.catalogue.Image;
import org.imageserver.config.ConfigException;
import org.imageserver.config.ListenAddress;
import org.imageserver.config.Settings;
import org.imageserver.logging.Logging;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code image-server serve}: serves a directory until it is told to stop. */
@Command(
        name = "serve",
        description = "Serves a directory of images over IMGAPI and DSAPI.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A config.json, the old server's too. The command line wins over it.")
    private @Nullable Path config;

    @Option(
            names = "--listen",
            paramLabel = "[tls:]HOST:PORT|unix:PATH",
            description = "Where to listen; may be given several times. Default: 127.0.0.1:8080.")
    private List<String> listen = new ArrayList<>();

    @Option(names = "--serve-dir", paramLabel = "DIR", description = "The directory of images. Default: ./images.")
    private @Nullable Path serveDir;

    @Option(names = "--sample", description = "Puts one small image into an empty directory, to see something work.")
    private boolean isSampleWanted;

    @Option(
            names = "--i-know",
            description = "Lets anonymous_writes stand together with an address that other machines can reach.")
    private boolean isDangerKnown;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        Settings settings = settings();
        Logging.configure(
                settings.logLevel(), Logging.Format.fitting(Terminal.isOut()), Logging.Target.STANDARD_OUTPUT);
        checkAnonymousWrites(settings);
        audit(settings);
        CountDownLatch stop = new CountDownLatch(1);
        Signals.onStop(stop::countDown);
        try {
            if (isSampleWanted) {
                SampleImage.install(settings.serveDir());
            }
            run(settings, stop);
            return 0;
        } catch (IOException | ConfigException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, String.valueOf(e.getMessage()));
        }
    }

    private void checkAnonymousWrites(Settings settings) throws CommandFailure {
        if (!settings.publishing().areAnonymousWritesAllowed()) {
            return;
        }
        if (!Urls.areAllLocal(settings.listen()) && !isDangerKnown) {
            throw new CommandFailure(
                    CommandFailure.WRONG_USE,
                    "anonymous_writes lets everyone who can reach " + settings.listen()
                            + " change and delete images; listen on the loopback only, or say --i-know");
        }
        LOG.warn("ANONYMOUS WRITES ARE ON: everyone who can reach this server may change and delete its images");
    }

    /** A directory that cannot be written is served all the same; nothing is audited less for it. */
    private static void audit(Settings settings) {
        try {
            Logging.audit(settings.auditLog());
        } catch (IOException e) {
            LOG.warn(
                    "the audit log cannot be written to {}; it goes to this log instead: {}",
                    settings.auditLog(),
                    e.toString());
        }
    }

    private void run(Settings settings, CountDownLatch stop) throws IOException, ConfigException {
        try (ImageServer server = ImageServer.start(settings);
                Reloading reloading = new Reloading(server, config, overrides())) {
            Signals.onReload(reloading::now);
            greet(server, settings);
            stop.await();
            LOG.info("stopping; running downloads get {} s", settings.grace().toSeconds());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LOG.info("stopped");
    }

    private Settings settings() throws CommandFailure {
        try {
            return Settings.read(config, overrides());
        } catch (ConfigException e) {
            throw new CommandFailure(CommandFailure.WRONG_USE, String.valueOf(e.getMessage()));
        }
    }

    private Settings.Overrides overrides() throws ConfigException {
        List<ListenAddress> addresses = new ArrayList<>();
        for (String text : listen) {
            addresses.add(ListenAddress.parse(text, Path.of("").toAbsolutePath()));
        }
        return new Settings.Overrides(addresses, Optional.ofNullable(serveDir));
    }

    private void greet(ImageServer server, Settings settings) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        int images = (int) server.catalogue().snapshot().images().stream()
                .filter(Image::isListed)
                .count();
        int problems = server.catalogue().snapshot().problems().size();
        out.println("Serving " + images + (images == 1 ? " image" : " images") + " from " + settings.serveDir());
        if (problems > 0) {
            out.println("  " + problems + " more cannot be served: image-server check " + settings.serveDir());
        }
        for (ListenAddress address : server.addresses()) {
            out.println("  " + Urls.of(address));
        }
        Optional<String> fingerprint = server.ownFingerprint();
        fingerprint.ifPresent(own -> out.println("The certificate is its own, of SHA-256 fingerprint\n  " + own));
        Urls.forClients(server.addresses()).ifPresent(url -> {
            boolean isRefused = fingerprint.isPresent() && url.startsWith("https:");
            out.println(
                    "On a SmartOS host:\n  " + (isRefused ? "IMGADM_INSECURE=1 " : "") + "imgadm sources -a " + url);
        });
        if (Urls.areAllLocal(server.addresses())) {
            out.println("Only this machine can reach it; for others, add: --listen '*:8080'");
        }
        out.flush();
        LOG.atInfo()
                .addKeyValue("images", images)
                .addKeyValue("problems", problems)
                .addKeyValue("listen", server.addresses().toString())
                .log("serving {}", settings.serveDir());
    }
}
