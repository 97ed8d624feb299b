package org.imageserver.catalogue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.ImageException.Reason;
import org.imageserver.catalogue.ImageException.Refused;
import org.imageserver.manifest.Manifest;
import org.imageserver.manifest.Violation;

/**
 * The channels that the operator has set up: sets of images among which clients choose. An image is in one or several;
 * one whose manifest names none that is configured is in the default channel. Thread-safe.
 */
public final class ConfiguredChannels {
    /** There are none: all images are one set, and what requests and manifests say of channels is ignored. */
    public static final ConfiguredChannels NONE = new ConfiguredChannels(List.of());

    private static final String EVERY = "*";

    private final List<Channel> all;
    private final List<String> names;
    private final ChannelSet defaults;
    private final Map<List<String>, ChannelSet> sets = new ConcurrentHashMap<>();

    /**
     * A channel.
     *
     * @param name a word of plain characters
     * @param description for people
     * @param isDefault whether it is meant where a request names none
     * @param publishers the names of accounts that may add images and take them out, beside admins; empty: all that may
     *     publish
     */
    public record Channel(String name, String description, boolean isDefault, Set<String> publishers) {
        /** Whether this account may add images and take them out. */
        public boolean mayChange(Principal principal) {
            return switch (principal) {
                case Principal.Anonymous anonymous -> false;
                case Principal.Account account ->
                    account.isAdmin()
                            || (account.mayPublish() && (publishers.isEmpty() || publishers.contains(account.name())));
            };
        }
    }

    /**
     * Sets them up.
     *
     * @param channels of different names, one of them the default; or none at all
     */
    public ConfiguredChannels(List<Channel> channels) {
        this.all = List.copyOf(channels);
        this.names = channels.stream().map(Channel::name).toList();
        this.defaults = channels.isEmpty()
                ? ChannelSet.NONE
                : new ChannelSet(
                        channels.stream()
                                .filter(Channel::isDefault)
                                .map(Channel::name)
                                .toList(),
                        true);
    }

    /** Whether there are any. */
    public boolean areUsed() {
        return !all.isEmpty();
    }

    /** In the order of the configuration. */
    public List<Channel> all() {
        return all;
    }

    /** Their names, in the order of the configuration. */
    public List<String> names() {
        return names;
    }

    /** Where images are of which nothing else is known. */
    ChannelSet defaults() {
        return defaults;
    }

    /** What requests are about that name no channel. */
    public ChannelScope defaultScope() {
        return areUsed() ? new ChannelScope(defaults.names().getFirst()) : ChannelScope.EVERY;
    }

    /**
     * The images that a request wants to read.
     *
     * @param said the name in the request, or {@code *} for all; none or an empty one is the default channel
     * @throws Refused when there is no such channel
     */
    public ChannelScope toRead(Optional<String> said) {
        return said.filter(EVERY::equals).isPresent() ? ChannelScope.EVERY : named(said.orElse(""));
    }

    /**
     * The images among which a change is made.
     *
     * @param said as {@link Author#channel} has it
     * @throws Refused when there is no such channel
     */
    ChannelScope toChange(Optional<String> said) {
        return said.isEmpty() ? ChannelScope.EVERY : named(said.get());
    }

    private ChannelScope named(String name) {
        if (!areUsed() || name.isEmpty()) {
            return defaultScope();
        }
        return new ChannelScope(find(name).name());
    }

    /**
     * The channel of this name.
     *
     * @throws Refused when there is none
     */
    Channel find(String name) {
        return all.stream()
                .filter(channel -> channel.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new Refused(
                        Reason.VALIDATION_FAILED,
                        "unknown channel: " + name,
                        List.of(new Violation("channel", Violation.INVALID, null))));
    }

    /** The channels that an image is in, going by its manifest. */
    ChannelSet of(Manifest manifest) {
        List<String> said = manifest.channels();
        List<String> known = names.stream().filter(said::contains).toList();
        return known.isEmpty()
                ? defaults
                : sets.computeIfAbsent(known, these -> new ChannelSet(these, these.containsAll(defaults.names())));
    }
}
