package org.imageserver.mirror;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.imageserver.config.ConfigException;
import org.imageserver.config.OwnSources;
import org.imageserver.config.OwnSources.Entry;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.Source;
import org.imageserver.config.WrongSourceException;
import org.imageserver.files.PrivateFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which sources there are: those of the configuration, which nobody changes here, and those that administrators give the
 * server while it runs, which are kept in a file of its own. A change is written down before it takes effect, and has
 * taken effect when its method returns. One at a time; thread-safe.
 */
public final class Sources {
    private static final Logger LOG = LoggerFactory.getLogger(Sources.class);
    private static final String CREDENTIALS = "credentials";

    private final Path file;
    private final Mirrors mirrors;
    private volatile Known known;

    private record Known(List<Source> configured, List<Entry> own) {
        static Known of(Settings settings) {
            return new Known(settings.sources(), settings.ownSources());
        }

        List<Source> all() {
            return OwnSources.beside(configured, own);
        }

        boolean isConfigured(String id) {
            return configured.stream().anyMatch(source -> source.id().equals(id));
        }

        Optional<Entry> own(String id) {
            return own.stream().filter(entry -> entry.source().id().equals(id)).findFirst();
        }

        Entry ownOne(String id) throws NoSuchSourceException {
            if (own(id).isEmpty() && isConfigured(id)) {
                throw NoSuchSourceException.ofTheConfiguration(id);
            }
            return own(id).orElseThrow(() -> NoSuchSourceException.unknown(id));
        }
    }

    /**
     * Takes those that are there already.
     *
     * @param settings by which the mirrors were made
     */
    public Sources(Settings settings, Mirrors mirrors) {
        this.file = OwnSources.file(settings.serveDir());
        this.known = Known.of(settings);
        this.mirrors = mirrors;
    }

    /** The addresses of all of them. */
    public List<String> urls() {
        return known.all().stream().map(Source::url).toList();
    }

    /** How it stands with each, and what it is asked for, as the API shows it. */
    public List<ObjectNode> list() {
        Known now = known;
        Stream<ObjectNode> used = mirrors.feeds().stream()
                .map(feed -> SourceJson.of(
                                feed.source(), now.isConfigured(feed.source().id()))
                        .setAll(feed.state().json()));
        Stream<ObjectNode> unused = now.own().stream()
                .map(Entry::source)
                .filter(own -> now.isConfigured(own.id()))
                .map(own -> SourceJson.of(own, false).put("is_unused", true));
        return Stream.concat(used, unused).toList();
    }

    /**
     * Takes up what the configuration says now, and what is in the server's own file.
     *
     * @throws IOException when a source cannot be used, which is said without its secrets; nothing is changed
     */
    public synchronized void reload(Settings now) throws IOException {
        try {
            // Not what these settings say of the file: somebody may have added a source since they were read.
            take(written(now.sources()));
        } catch (WrongSourceException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void take(Known next) throws IOException {
        mirrors.change(next.all());
        known = next;
    }

    /**
     * Adds a source.
     *
     * @return it, as {@link #list} shows it
     * @throws WrongSourceException when it cannot be used, or is there already
     */
    public synchronized ObjectNode add(ObjectNode wish) throws IOException, WrongSourceException {
        Known now = written(known.configured());
        Entry added = parse(wish, Optional.empty());
        String id = added.source().id();
        if (now.isConfigured(id) || now.own(id).isPresent()) {
            throw wrong("url", "is a source already; change that one, or name another channel");
        }
        keep(now, Stream.concat(now.own().stream(), Stream.of(added)));
        LOG.info("{} is a source now", added.source().host());
        return shown(id);
    }

    /**
     * Changes all that is wanted of a source. Its address and channel stay, and so do its credentials when none are given.
     *
     * @return it, as {@link #list} shows it
     * @throws WrongSourceException when it cannot be used
     * @throws NoSuchSourceException when there is none, or it is one of the configuration
     */
    public synchronized ObjectNode change(String id, ObjectNode wish)
            throws IOException, WrongSourceException, NoSuchSourceException {
        Known now = written(known.configured());
        Entry changed = parse(wish, Optional.of(now.ownOne(id)));
        keep(now, now.own().stream().map(each -> each.source().id().equals(id) ? changed : each));
        LOG.info("the source {} is changed", changed.source().host());
        return shown(id);
    }

    /**
     * Removes a source; what came from it stays. What was being fetched has ended.
     *
     * @throws WrongSourceException when the file of the sources is damaged
     * @throws NoSuchSourceException when there is none, or it is one of the configuration
     */
    public synchronized void remove(String id) throws IOException, WrongSourceException, NoSuchSourceException {
        Known now = written(known.configured());
        Entry removed = now.ownOne(id);
        keep(now, now.own().stream().filter(each -> !each.source().id().equals(id)));
        LOG.info("{} is no source any more", removed.source().host());
    }

    /**
     * What a source would bring, were it added, or changed.
     *
     * @param id of the one that would be changed; empty for a new one
     * @throws WrongSourceException when it cannot be used
     * @throws NoSuchSourceException when there is none to be changed, or it is one of the configuration
     * @throws org.imageserver.remote.RemoteException when it cannot be asked
     */
    public Plan rehearse(Optional<String> id, ObjectNode wish)
            throws IOException, WrongSourceException, NoSuchSourceException {
        Optional<Entry> before = id.isPresent() ? Optional.of(known.ownOne(id.get())) : Optional.empty();
        return mirrors.rehearse(parse(wish, before).source());
    }

    /**
     * What a source would bring now.
     *
     * @throws NoSuchSourceException when there is none
     * @throws org.imageserver.remote.RemoteException when it cannot be asked
     */
    public Plan rehearse(String id) throws IOException, NoSuchSourceException {
        return mirrors.rehearse(known.all().stream()
                .filter(source -> source.id().equals(id))
                .findFirst()
                .orElseThrow(() -> NoSuchSourceException.unknown(id)));
    }

    private ObjectNode shown(String id) {
        return list().stream()
                .filter(source -> source.path("id").asText().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** What is not said stays as it was where it names the source, or is secret. */
    private Entry parse(ObjectNode wish, Optional<Entry> before) throws WrongSourceException {
        ObjectNode json = wish.deepCopy();
        for (String key : List.of("url", "channel", CREDENTIALS)) {
            before.map(entry -> entry.json().get(key)).ifPresent(value -> json.putIfAbsent(key, value));
        }
        if (json.path(CREDENTIALS).asText("-").isEmpty()) {
            json.remove(CREDENTIALS);
        }
        Entry entry = OwnSources.parse(json, file);
        String id = entry.source().id();
        if (before.filter(known -> !known.source().id().equals(id)).isPresent()) {
            throw wrong("url", "cannot become another one, nor can \"channel\": remove the source and add another");
        }
        check("ca_file", () -> Authorities.of(entry.source()));
        check("trust", () -> SignedAnswers.trusted(entry.source()));
        return entry;
    }

    /** What can only be found wrong by trying it. */
    private interface Attempt {
        Object make() throws IOException;
    }

    private static void check(String key, Attempt attempt) throws WrongSourceException {
        try {
            Objects.requireNonNull(attempt.make());
        } catch (IOException e) {
            throw wrong(key, "cannot be used: " + e.getMessage());
        }
    }

    private static WrongSourceException wrong(String key, String what) {
        return new WrongSourceException(Map.of(key, what));
    }

    /** On the disk first: what is acknowledged outlives a crash. What cannot take effect does not stay there. */
    private void keep(Known before, Stream<Entry> own) throws IOException, WrongSourceException {
        PrivateFiles.makeDirectory(Objects.requireNonNull(file.getParent()));
        PrivateFiles.replace(file, OwnSources.print(own.toList()));
        try {
            take(written(before.configured()));
        } catch (IOException e) {
            PrivateFiles.replace(file, OwnSources.print(before.own()));
            throw wrong(String.valueOf(file.getFileName()), "has a source that cannot be used: " + e.getMessage());
        }
    }

    /** With what somebody wrote into the file by hand: it is not written over, and a broken file least of all. */
    private Known written(List<Source> configured) throws WrongSourceException {
        try {
            return new Known(configured, OwnSources.read(file));
        } catch (ConfigException e) {
            throw wrong(String.valueOf(file.getFileName()), "is damaged; mend or remove it: " + e.getMessage());
        }
    }
}
