package org.imageserver.http.web;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Snapshot;

/**
 * What an image is built on, up to the first one, and what is built on it. Shows only what somebody may see: an origin
 * that is hidden looks like one that is missing. Manifests are written by hand, so origins may go in a circle.
 */
final class Lineage {
    /** More than a person reads, and a bound for a manifest that names itself a thousand times. */
    private static final int MOST_NODES = 200;

    private static final int MOST_ORIGINS = 50;

    private final Snapshot snapshot;
    private final Principal principal;
    private final Image image;
    private final Set<String> shown = new HashSet<>();

    private Lineage(Snapshot snapshot, Principal principal, Image image) {
        this.snapshot = snapshot;
        this.principal = principal;
        this.image = image;
    }

    /**
     * An image in the tree.
     *
     * @param name of the image and its version; the uuid when it is not here
     * @param target its page; empty when it has none
     * @param note what is to be said of it; may be empty
     * @param isThis whether it is the image that the page is about
     * @param children what is built on it, as far as it is shown
     */
    record Node(String name, String target, String note, boolean isThis, List<Node> children) {
        /** Whether there is anything beside the image itself. */
        boolean isAlone() {
            return isThis && children.isEmpty();
        }
    }

    /** The first origin, with the way from there to the image and on to all that is built on it. */
    static Node of(Snapshot snapshot, Principal principal, Image image) {
        return new Lineage(snapshot, principal, image).root();
    }

    private Node root() {
        Deque<Image> origins = new ArrayDeque<>();
        shown.add(image.uuid());
        Optional<String> next = image.origin();
        String end = "";
        while (next.isPresent() && end.isEmpty()) {
            Optional<Image> origin = snapshot.find(next.get()).filter(found -> found.isVisibleTo(principal));
            if (origins.size() == MOST_ORIGINS) {
                end = "and more origins, which its page shows";
            } else if (!shown.add(next.get())) {
                end = "the origins go in a circle: nothing of this can be installed";
            } else if (origin.isEmpty()) {
                end = "not here: imgadm needs it from another source";
            } else {
                origins.push(origin.get());
                next = origin.get().origin();
            }
        }
        Node node = below(image, builtOn());
        while (!origins.isEmpty()) {
            node = node(origins.removeLast(), List.of(node));
        }
        return end.isEmpty() ? node : new Node(next.orElse(""), target(next.orElse("")), end, false, List.of(node));
    }

    private String target(String uuid) {
        return snapshot.find(uuid).filter(found -> found.isVisibleTo(principal)).isPresent()
                ? Address.ofImage(uuid)
                : "";
    }

    private Map<String, List<Image>> builtOn() {
        Map<String, List<Image>> builtOn = new HashMap<>();
        for (Image other : snapshot.images().reversed()) {
            if (other.origin().isPresent() && other.isVisibleTo(principal)) {
                builtOn.computeIfAbsent(other.origin().get(), origin -> new ArrayList<>())
                        .add(other);
            }
        }
        return builtOn;
    }

    private Node below(Image parent, Map<String, List<Image>> builtOn) {
        List<Node> children = new ArrayList<>();
        List<Image> all = builtOn.getOrDefault(parent.uuid(), List.of());
        int left = 0;
        for (Image child : all) {
            if (shown.size() >= MOST_NODES) {
                left++;
            } else if (shown.add(child.uuid())) {
                children.add(below(child, builtOn));
            }
        }
        if (left > 0) {
            children.add(new Node("", "", "and " + Wording.count(left) + " more", false, List.of()));
        }
        return node(parent, children);
    }

    private Node node(Image of, List<Node> children) {
        String state =
                of.state().isActivated() && of.isListed() ? "" : of.state().jsonName();
        String note = of.isPublic() ? state : "private";
        return new Node(
                of.name() + " " + of.version(),
                Address.ofImage(of.uuid()),
                note,
                of.uuid().equals(image.uuid()),
                children);
    }
}
