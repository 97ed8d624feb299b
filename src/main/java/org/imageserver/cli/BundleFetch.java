package org.imageserver.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.Source;
import org.imageserver.mirror.Listed;
import org.imageserver.mirror.Mirror;
import org.imageserver.mirror.Mirrors;
import org.imageserver.mirror.Plan;
import org.imageserver.storage.Storage;

/** Brings the images for a bundle from another server, as a mirror does it: verified, origins first. */
final class BundleFetch {
    private BundleFetch() {}

    /** The same configuration, when its directory is there. */
    static Settings ready(Settings settings) throws IOException {
        Files.createDirectories(settings.serveDir());
        return settings;
    }

    /**
     * How a configuration says that a server is reached.
     *
     * @throws CommandFailure when it does not know the server
     */
    static Source known(String url, Settings configuration) throws CommandFailure {
        String address = url.replaceAll("/+$", "");
        return configuration.allSources().stream()
                .filter(source -> source.url().equals(address))
                .findFirst()
                .orElseThrow(
                        () -> new CommandFailure(
                                CommandFailure.WRONG_USE,
                                "no source in the configuration has the url " + address
                                        + "; name one that is there, or leave --config out if the server wants no credentials"));
    }

    /**
     * Fetches.
     *
     * @param known how the server is reached; empty: as anybody reaches it
     * @param earlier uuids that are not wanted, except to verify what builds on them
     * @throws IOException when the server cannot be asked, or an image cannot be brought
     */
    static void fetch(
            Settings settings,
            Optional<Source> known,
            Catalogue catalogue,
            Storage storage,
            Set<String> earlier,
            PrintWriter err)
            throws IOException {
        List<Source> sources = settings.sources().stream()
                .map(source -> known.map(source::reachedAs).orElse(source))
                .toList();
        try (Mirrors mirrors = new Mirrors(settings, sources, catalogue, catalogue.provenance())) {
            for (Mirror mirror : mirrors.all()) {
                Plan plan = without(mirror.plan(), earlier);
                if (plan.bytes() > storage.usableBytes()) {
                    throw new IOException("to fetch the images takes " + plan.bytes() + " bytes, but there is room for "
                            + storage.usableBytes() + " where the bundle goes");
                }
                fetch(mirror, plan, err);
            }
        }
    }

    private static Plan without(Plan plan, Set<String> earlier) {
        List<Listed> missing = plan.missing().stream()
                .filter(image -> !earlier.contains(image.uuid()))
                .toList();
        return new Plan(missing, List.of(), List.of(), plan.present(), false);
    }

    private static void fetch(Mirror mirror, Plan plan, PrintWriter err) throws IOException {
        List<String> failures = new ArrayList<>();
        try (Progress progress = Progress.start("fetching", OptionalLong.of(plan.bytes()))) {
            boolean isAllThere = mirror.run(plan, new MirrorProgress(progress, err, failures::add));
            if (!isAllThere) {
                throw new IOException(String.join("; ", failures));
            }
        }
    }
}
