package org.imageserver.catalogue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.imageserver.auth.Principal;
import org.jspecify.annotations.Nullable;

/**
 * All images at one moment. Immutable: a request takes one snapshot and uses it from start to end, so that it never
 * sees half of a change. A change makes a new one out of the one before, which costs copies of the references and the
 * rendering of what changed.
 */
public final class Snapshot {
    /** The state before the first look at the storage. */
    public static final Snapshot EMPTY = new Snapshot(List.of(), List.of(), List.of(), ImageList.EMPTY);

    private static final Comparator<Image> BY_UUID = Comparator.comparing(Image::uuid);

    /** Up to so many changes, each is put in its place; more are cheaper to sort. */
    private static final int FEW = 32;

    private final List<Image> byUuid;
    private final List<Image> oldestFirst;
    private final List<Problem> problems;
    private final ImageList list;

    private volatile @Nullable List<Image> byName;

    private Snapshot(List<Image> byUuid, List<Image> oldestFirst, List<Problem> problems, ImageList list) {
        this.byUuid = byUuid;
        this.oldestFirst = oldestFirst;
        this.problems = problems;
        this.list = list;
    }

    /**
     * The state after a change.
     *
     * @param gone images of this snapshot that are no longer there, or are replaced
     * @param come images that are new, or replace one that is gone
     * @param problems all that there are now
     */
    Snapshot with(Collection<Image> gone, Collection<Image> come, Collection<Problem> problems) {
        List<Problem> sorted = problems.stream().sorted().toList();
        if (gone.isEmpty() && come.isEmpty()) {
            return new Snapshot(byUuid, oldestFirst, sorted, list);
        }
        List<Image> now = changed(oldestFirst, Image.OLDEST_FIRST, gone, come);
        ImageList listed = list.with(now);
        gone.forEach(image -> image.json().moveOut());
        return new Snapshot(changed(byUuid, BY_UUID, gone, come), now, sorted, listed);
    }

    private static List<Image> changed(
            List<Image> sorted, Comparator<Image> order, Collection<Image> gone, Collection<Image> come) {
        List<Image> now = new ArrayList<>(sorted.size() + come.size());
        now.addAll(sorted);
        if (gone.size() + come.size() <= FEW) {
            gone.forEach(image -> now.remove(Collections.binarySearch(now, image, order)));
            come.forEach(image -> now.add(-1 - Collections.binarySearch(now, image, order), image));
        } else {
            Set<Image> leaving = Collections.newSetFromMap(new IdentityHashMap<>());
            leaving.addAll(gone);
            now.removeIf(leaving::contains);
            now.addAll(come);
            now.sort(order);
        }
        return Collections.unmodifiableList(now);
    }

    /**
     * The image of this uuid, if this principal may know of it.
     *
     * @throws ImageException.NotFound when there is none; whether it is hidden or not there is not to be told apart
     */
    public Image image(String uuid, Principal principal) {
        return image(uuid, principal, ChannelScope.EVERY);
    }

    /**
     * The same among some images.
     *
     * @throws ImageException.NotFound also when it is in other channels
     */
    public Image image(String uuid, Principal principal, ChannelScope scope) {
        return find(uuid)
                .filter(image -> image.isVisibleTo(principal) && scope.has(image))
                .orElseThrow(() -> ImageException.NotFound.image(uuid));
    }

    /** An image, whoever may see it. */
    public Optional<Image> find(String uuid) {
        int low = 0;
        int high = byUuid.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int comparison = byUuid.get(middle).uuid().compareTo(uuid);
            if (comparison == 0) {
                return Optional.of(byUuid.get(middle));
            }
            if (comparison < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return Optional.empty();
    }

    /** An image that is kept here, whoever may see it. */
    public Optional<Image> own(String uuid) {
        return find(uuid).filter(image -> !image.isOffered());
    }

    /** Every image, sorted by {@link Image#OLDEST_FIRST}. */
    public List<Image> images() {
        return oldestFirst;
    }

    /** Every image by name, and of one name the newest first; sorted when it is first asked for. */
    public List<Image> byName() {
        List<Image> sorted = byName;
        if (sorted == null) {
            sorted = oldestFirst.stream().sorted(Image.BY_NAME).toList();
            byName = sorted;
        }
        return sorted;
    }

    /** Every image of this very name, the newest first. */
    public List<Image> named(String name) {
        List<Image> sorted = byName();
        int begin = firstNotBefore(sorted, name);
        int end = begin;
        while (end < sorted.size() && sorted.get(end).name().equals(name)) {
            end++;
        }
        return sorted.subList(begin, end);
    }

    private static int firstNotBefore(List<Image> sorted, String name) {
        Comparator<String> order = String.CASE_INSENSITIVE_ORDER.thenComparing(Comparator.naturalOrder());
        int low = 0;
        int high = sorted.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (order.compare(sorted.get(middle).name(), name) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The uuids of the images kept here that are built on this one, in a stable order. */
    public List<String> dependents(String uuid) {
        return dependents(uuid, ChannelScope.EVERY);
    }

    /** The same among some images. */
    List<String> dependents(String uuid, ChannelScope scope) {
        List<String> dependents = new ArrayList<>();
        for (Image image : oldestFirst) {
            if (!image.isOffered()
                    && image.origin().isPresent()
                    && image.origin().get().equals(uuid)
                    && scope.has(image)) {
                dependents.add(image.uuid());
            }
        }
        return dependents;
    }

    /** What lists show to everyone who names no channel, rendered. */
    public ImageList list() {
        return list;
    }

    /** What lies in the storage but is not served. */
    public List<Problem> problems() {
        return problems;
    }
}
