package org.imageserver.mirror;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Provenance;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.catalogue.Target;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what came on demand within its limit: those images go first that nobody has downloaded for the longest time. None
 * goes that others here build on, that is pinned, or that could not be had again. Thread-safe.
 */
final class Room {
    private static final Logger LOG = LoggerFactory.getLogger(Room.class);

    private final long limit;
    private final Supplier<Set<String>> pinned;
    private final Catalogue catalogue;
    private final Provenance provenance;
    private final Principal.Account principal;
    private final Brought brought;
    private final Predicate<String> canBeHadAgain;

    /**
     * Makes the keeper.
     *
     * @param limit in bytes; {@link Long#MAX_VALUE} for none
     * @param pinned uuids of images that stay
     * @param canBeHadAgain whether a source has an image at this moment
     */
    Room(
            long limit,
            Supplier<Set<String>> pinned,
            Catalogue catalogue,
            Provenance provenance,
            Principal.Account principal,
            Brought brought,
            Predicate<String> canBeHadAgain) {
        this.limit = limit;
        this.pinned = pinned;
        this.catalogue = catalogue;
        this.provenance = provenance;
        this.principal = principal;
        this.brought = brought;
        this.canBeHadAgain = canBeHadAgain;
    }

    /** An image is here. */
    void came(Image image) {
        brought.came(image);
        brought.save(uuid -> catalogue.snapshot().own(uuid).isPresent());
    }

    /** Makes room for what has come, but not by what is being fetched or what that is built on. */
    void make(Set<String> inUse) {
        make(0, inUse);
    }

    /** Makes room for an image that is to come, as far as that is possible. */
    void makeFor(Image image, Set<String> inUse) {
        make(image.file().map(Image.File::size).orElse(0L), inUse);
    }

    private synchronized void make(long bytes, Set<String> spared) {
        if (limit == Long.MAX_VALUE) {
            return;
        }
        Set<String> tried = new HashSet<>(spared);
        long excess = excess(bytes);
        while (excess > 0) {
            Optional<Image> next = leastUsed(tried);
            if (next.isEmpty()) {
                LOG.warn(
                        "images that came on demand take {} bytes more than on_demand_bytes, {}: the others were just asked for,"
                                + " pinned, built upon, or not to be had again at the moment",
                        excess,
                        limit);
                return;
            }
            tried.add(next.get().uuid());
            evict(next.get());
            excess = excess(bytes);
        }
    }

    private long excess(long more) {
        return ours().stream()
                        .flatMap(image -> image.file().stream())
                        .mapToLong(Image.File::size)
                        .sum()
                + more
                - limit;
    }

    private List<Image> ours() {
        Snapshot now = catalogue.snapshot();
        List<Image> ours = new ArrayList<>();
        brought.all().forEach(uuid -> now.own(uuid).filter(brought::has).ifPresent(ours::add));
        return ours;
    }

    private Optional<Image> leastUsed(Set<String> tried) {
        Snapshot now = catalogue.snapshot();
        Set<String> staying = pinned.get();
        return ours().stream()
                .filter(image -> !tried.contains(image.uuid()) && !staying.contains(image.uuid()))
                .filter(image -> now.dependents(image.uuid()).isEmpty())
                .sorted(Comparator.<Image>comparingLong(image -> brought.lastUse(image.uuid()))
                        .thenComparing(Image::uuid))
                .filter(image -> canBeHadAgain.test(image.uuid()))
                .findFirst();
    }

    /** Whoever is downloading it has its file open, and keeps it. */
    private void evict(Image image) {
        try {
            catalogue.remover().delete(Target.of(principal, image.uuid()));
            provenance.remove(image.uuid());
            LOG.info(
                    "{} {} ({}) made room; it is fetched again when somebody asks for it",
                    image.name(),
                    image.version(),
                    image.uuid());
        } catch (IOException | ImageException e) {
            LOG.warn("image {} cannot make room: {}", image.uuid(), e.getMessage());
        }
    }
}
