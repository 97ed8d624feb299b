package org.imageserver.catalogue;

import static org.imageserver.catalogue.Refusals.publisher;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Principal.Account;
import org.imageserver.catalogue.ImageException.Reason;
import org.imageserver.catalogue.ImageException.Refused;
import org.imageserver.manifest.Manifest;

/**
 * How images come into channels and leave them. A host that follows a channel must be able to install all of it, so an
 * image is where its origin is, and its origin stays while it is there. Looks at the newest snapshot, as {@link
 * Admission} does. Thread-safe.
 */
final class ChannelMoves {
    private final Catalogue catalogue;
    private final Admission admission;
    private final ConfiguredChannels channels;

    ChannelMoves(Catalogue catalogue, Admission admission) {
        this.catalogue = catalogue;
        this.admission = admission;
        this.channels = catalogue.channels();
    }

    /** Refuses whoever may not make an image in this channel. */
    Account author(Author author) {
        Account account = publisher(author.principal());
        scope(author).ifPresent(channel -> checkRight(account, channel));
        return account;
    }

    /** A new image in its author's channel. */
    Manifest placed(Manifest manifest, Author author) {
        return scope(author).map(channel -> with(manifest, List.of(channel))).orElse(manifest);
    }

    private Optional<String> scope(Author author) {
        String channel = channels.toChange(author.channel()).channel();
        return channel == null ? Optional.ofNullable(channels.defaultScope().channel()) : Optional.of(channel);
    }

    /** Refuses a new image whose origin is not where it is to be. */
    void checkNew(Manifest manifest) {
        checkOrigin(manifest, channels.of(manifest).names());
    }

    /** An image in one more channel. */
    Manifest added(Manifest manifest, String channel) {
        List<String> names = new ArrayList<>(channels.of(manifest).names());
        String known = channels.find(channel).name();
        if (names.contains(known)) {
            return manifest;
        }
        names.add(known);
        return with(manifest, names);
    }

    /** An image without the channel in which it was found; empty when it is in no other, or was looked for in all. */
    Optional<Manifest> left(Manifest manifest, Target target) {
        String channel = channels.toChange(target.channel()).channel();
        List<String> rest = channels.of(manifest).names().stream()
                .filter(name -> !name.equals(channel))
                .toList();
        return channel == null || rest.isEmpty() ? Optional.empty() : Optional.of(with(manifest, rest));
    }

    /** Refuses a change of an image's channels that this principal may not make, or that would break a chain of origins. */
    void check(Manifest before, Manifest after, Principal principal) {
        List<String> were = channels.of(before).names();
        List<String> are = channels.of(after).names();
        List<String> come = are.stream().filter(name -> !were.contains(name)).toList();
        List<String> gone = were.stream().filter(name -> !are.contains(name)).toList();
        Account account = publisher(principal);
        come.forEach(channel -> checkRight(account, channel));
        gone.forEach(channel -> checkRight(account, channel));
        boolean isBuiltOnTheSame = Objects.equals(after.origin(), before.origin());
        checkOrigin(after, isBuiltOnTheSame ? come : are);
        gone.forEach(channel -> admission.refuseIfNeeded(before.uuid(), new ChannelScope(channel)));
    }

    /** Refuses to delete an image from channels that are not this principal's to change. */
    void checkDelete(Manifest manifest, Principal principal) {
        Account account = publisher(principal);
        channels.of(manifest).names().forEach(channel -> checkRight(account, channel));
    }

    private void checkRight(Account account, String channel) {
        if (!channels.find(channel).mayChange(account)) {
            throw new Refused(
                    Reason.OPERATOR_ONLY,
                    "account " + account.name() + " may not add images to channel \"" + channel
                            + "\", nor take them out");
        }
    }

    private void checkOrigin(Manifest manifest, List<String> names) {
        String origin = manifest.origin();
        if (origin == null) {
            return;
        }
        for (String name : names) {
            boolean isThere = catalogue
                    .snapshot()
                    .find(origin)
                    .filter(new ChannelScope(name)::has)
                    .isPresent();
            if (!isThere) {
                throw new Refused(
                        Reason.ORIGIN_MISSING,
                        "origin image \"" + origin + "\" is not in channel \"" + name + "\"; add it there first");
            }
        }
    }

    private static Manifest with(Manifest manifest, List<String> names) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        names.forEach(json::add);
        return manifest.with("channels", json);
    }
}
