package org.imageserver.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.imageserver.bundle.BundleReader;
import org.imageserver.bundle.Trust;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.config.ConfigException;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.Mode;
import org.imageserver.manifest.Uuid;
import org.imageserver.mirror.Choice;
import org.imageserver.mirror.Listed;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which images go into a bundle. The words of a filter are those of a source in the configuration, read by the same code. */
final class BundleSelection {
    /** Stands for a server where nothing is asked of one. */
    private static final String NO_SERVER = "http://localhost";

    @Parameters(arity = "0..*", paramLabel = "UUID", description = "The images.")
    private List<String> uuids = new ArrayList<>();

    @Option(names = "--all", description = "All images.")
    private boolean isAll;

    @Option(
            names = "--filter",
            paramLabel = "FIELD=VALUE",
            description = "In place of uuids: uuid, name, version, os, type or owner; ~ before a part, ! before what it"
                    + " must not be: --filter name=~-lts --filter os=smartos")
    private Map<String, String> filter = new LinkedHashMap<>();

    @Option(names = "--newest", paramLabel = "N", description = "Of each name that is filtered, the newest so many.")
    private int newest;

    @Option(
            names = "--published-after",
            paramLabel = "DATE",
            description = "Only images of a later date, such as 2026-01-31.")
    private @Nullable String publishedAfter;

    @Option(names = "--with-origins", description = "Also what these images build on.")
    private boolean hasOrigins;

    @Option(
            names = "--since",
            paramLabel = "BUNDLE",
            description = "Leave out what is in this bundle, and what came in those before it; the last one is enough.")
    private List<Path> since = new ArrayList<>();

    /** Refuses what says nothing, or too much. */
    void check() throws CommandFailure {
        boolean isFiltered = !filter.isEmpty() || newest > 0 || publishedAfter != null;
        if (!uuids.isEmpty() && (isFiltered || isAll)) {
            throw wrong("say either uuids or a filter");
        }
        if (uuids.isEmpty() && !isFiltered && !isAll && since.isEmpty()) {
            throw wrong("say which images: uuids, --filter, --newest, --published-after, --since or --all");
        }
        for (String uuid : uuids) {
            if (!Uuid.isUuid(uuid)) {
                throw wrong("\"" + uuid + "\" is no uuid of an image");
            }
        }
    }

    /** The uuids that came in earlier bundles. */
    Set<String> earlier() throws IOException, CommandFailure {
        Set<String> earlier = new HashSet<>();
        for (Path bundle : since) {
            try (CommandInput input = CommandInput.open(bundle, BundleCommand.INPUT_HINT)) {
                earlier.addAll(
                        BundleReader.open(input, Trust.ANYBODY).contents().known());
            }
        }
        return earlier;
    }

    /**
     * A configuration that brings the wanted images, and what they build on, from a server.
     *
     * @param mode of the other server: whether its images are private
     * @param directory where the configuration is written, and the images will be
     */
    Settings settings(@Nullable String url, Mode mode, Path directory) throws IOException, CommandFailure {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.put("serve_dir", "images").put("mode", mode.name().toLowerCase(Locale.ROOT));
        ArrayNode sources = config.putArray("sources");
        if (uuids.isEmpty()) {
            addSource(sources, url, filter);
        }
        uuids.forEach(uuid -> addSource(sources, url, Map.of("uuid", uuid)));
        Path file = directory.resolve("config.json");
        Files.write(file, new JsonMapper().writeValueAsBytes(config));
        try {
            return Settings.read(file, Settings.Overrides.NONE);
        } catch (ConfigException e) {
            String message = String.valueOf(e.getMessage());
            throw wrong(message.substring(message.indexOf("\"sources\"") + 1));
        }
    }

    private void addSource(ArrayNode sources, @Nullable String url, Map<String, String> fields) {
        ObjectNode source = sources.addObject();
        source.put("url", url == null ? NO_SERVER : url).put("policy", "mirror").put("newest", newest);
        ObjectNode its = source.putObject("filter");
        fields.forEach(its::put);
        if (publishedAfter != null) {
            source.put("published_after", publishedAfter);
        }
    }

    /**
     * Chooses among the images that are here.
     *
     * @param settings from {@link #settings}
     * @return each after its origin; those of earlier bundles left out
     */
    List<Image> choose(Snapshot snapshot, Settings settings, Set<String> earlier) throws CommandFailure {
        List<Listed> all = snapshot.images().stream()
                .filter(image -> image.state().isActivated() && image.file().isPresent())
                .map(Listed::of)
                .toList();
        Map<String, Listed> chosen = new LinkedHashMap<>();
        for (Settings.Source source : settings.sources()) {
            Choice choice = new Choice(source);
            Set<Listed> its = new HashSet<>(choice.wanted(all));
            choice.of(all).stream()
                    .filter(image -> hasOrigins || its.contains(image))
                    .forEach(image -> chosen.putIfAbsent(image.uuid(), image));
        }
        for (String uuid : uuids) {
            if (!chosen.containsKey(uuid) && !earlier.contains(uuid)) {
                throw wrong("there is no image " + uuid + " that has a file");
            }
        }
        chosen.keySet().removeAll(earlier);
        return originsFirst(chosen).stream()
                .flatMap(uuid -> snapshot.find(uuid).stream())
                .toList();
    }

    /** Uuids may be named in any order. */
    private static Set<String> originsFirst(Map<String, Listed> chosen) {
        Set<String> ordered = new LinkedHashSet<>();
        for (Listed image : chosen.values()) {
            List<String> chain = new ArrayList<>();
            Optional<Listed> next = Optional.of(image);
            while (next.isPresent() && !chain.contains(next.get().uuid())) {
                chain.add(next.get().uuid());
                next = next.get().origin().map(chosen::get);
            }
            ordered.addAll(chain.reversed());
        }
        return ordered;
    }

    private static CommandFailure wrong(String message) {
        return new CommandFailure(CommandFailure.WRONG_USE, message);
    }
}
