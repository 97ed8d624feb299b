package org.imageserver.catalogue;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.imageserver.auth.Principal;

/**
 * All images at one moment. Immutable: a request takes one snapshot and uses it from start to end, so that it never
 * sees half of a change.
 */
public final class Snapshot {
    /** The state before the first look at the storage. */
    static final Snapshot EMPTY = new Snapshot(List.of(), List.of());

    private final Map<String, Image> byUuid = new HashMap<>();
    private final List<Image> oldestFirst;
    private final List<Problem> problems;
    private final ImageList list;

    Snapshot(Collection<Image> images, Collection<Problem> problems) {
        for (Image image : images) {
            byUuid.put(image.uuid(), image);
        }
        this.oldestFirst = images.stream().sorted(Image.OLDEST_FIRST).toList();
        this.problems = problems.stream().sorted().toList();
        this.list = ImageList.of(oldestFirst.stream().filter(Image::isListed).toList());
    }

    /**
     * The image of this uuid, if this principal may know of it.
     *
     * @throws ImageException.NotFound when there is none; whether it is hidden or not there is not to be told apart
     */
    public Image image(String uuid, Principal principal) {
        return find(uuid)
                .filter(image -> image.isVisibleTo(principal))
                .orElseThrow(() -> ImageException.NotFound.image(uuid));
    }

    /** An image, whoever may see it. */
    Optional<Image> find(String uuid) {
        return Optional.ofNullable(byUuid.get(uuid));
    }

    /** Every image, sorted by {@link Image#OLDEST_FIRST}. */
    public List<Image> images() {
        return oldestFirst;
    }

    /** The uuids of the images that are built on this one, in a stable order. */
    List<String> dependents(String uuid) {
        return oldestFirst.stream()
                .filter(image -> image.origin().filter(uuid::equals).isPresent())
                .map(Image::uuid)
                .toList();
    }

    /** The images that this principal may see, in the order of lists. */
    Stream<Image> visibleTo(Principal principal) {
        return oldestFirst.stream().filter(image -> image.isVisibleTo(principal));
    }

    /** What lists show to everyone, rendered. */
    public ImageList list() {
        return list;
    }

    /** What lies in the storage but is not served. */
    public List<Problem> problems() {
        return problems;
    }
}
