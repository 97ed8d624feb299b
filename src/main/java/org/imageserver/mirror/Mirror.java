package org.imageserver.mirror;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Provenance;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.catalogue.Target;
import org.imageserver.config.Settings.Source;
import org.imageserver.manifest.State;
import org.imageserver.remote.RemoteException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings here what is wanted of one source: origins first, each image by the one publishing path, so its sha1 and its
 * stream are verified before anything of it is to be seen. What cannot be brought takes nothing else along. Several at the
 * same time; used by one thread.
 */
public final class Mirror {
    private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);

    /** No chain of increments is so long; a source that lies could go on for ever. */
    static final int MAX_ORIGINS = 100;

    private final Feed feed;
    private final Source source;
    private final Catalogue catalogue;
    private final Provenance provenance;
    private final Principal.Account principal;
    private final Carrier carrier;
    private Optional<String> knownList = Optional.empty();

    /**
     * Makes a mirror; asks nothing yet.
     *
     * @param principal in whose name images are changed
     */
    Mirror(Feed feed, Catalogue catalogue, Provenance provenance, Principal.Account principal) {
        this.feed = feed;
        this.source = feed.source();
        this.catalogue = catalogue;
        this.provenance = provenance;
        this.principal = principal;
        this.carrier = new Carrier(feed, catalogue, provenance, principal);
    }

    /** The source. */
    public Source source() {
        return source;
    }

    /** What is told of it. */
    SourceState state() {
        return feed.state();
    }

    /**
     * Compares the source's list with what is here.
     *
     * @throws RemoteException when the source cannot be asked
     */
    public Plan plan() throws RemoteException {
        Optional<Upstream.Catalogue> there = feed.upstream().list(knownList);
        if (there.isEmpty()) {
            return new Plan(List.of(), List.of(), List.of(), 0, true);
        }
        knownList = Optional.empty();
        Plan plan = plan(there.get().images());
        if (plan.missing().isEmpty() && plan.changed().isEmpty() && plan.gone().isEmpty()) {
            knownList = there.get().etag();
        }
        return plan;
    }

    private Plan plan(List<Listed> all) throws RemoteException {
        List<Listed> wanted = new Choice(source).of(all);
        Snapshot here = catalogue.snapshot();
        Map<String, Provenance.Origin> its = brought();
        return new Plan(
                wanted.stream()
                        .filter(image -> here.own(image.uuid()).isEmpty())
                        .toList(),
                all.stream()
                        .filter(image -> its.containsKey(image.uuid()) && isOtherState(image, here))
                        .toList(),
                gone(all, its.keySet(), here),
                (int) wanted.stream()
                        .filter(image -> here.own(image.uuid()).isPresent())
                        .count(),
                false);
    }

    /** Lets what came from the source follow what it is there, and brings nothing. */
    void follow(List<Listed> all, Watcher watcher) throws RemoteException {
        Plan plan = plan(all);
        run(new Plan(List.of(), plan.changed(), plan.gone(), plan.present(), false), watcher);
    }

    private Map<String, Provenance.Origin> brought() throws RemoteException {
        try {
            return provenance.from(source.url());
        } catch (IOException e) {
            throw new RemoteException(
                    "which images are from " + source.url() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean isOtherState(Listed image, Snapshot here) {
        return here.own(image.uuid())
                .filter(its -> its.state().isActivated() && (its.state() == State.DISABLED) != image.isDisabled())
                .isPresent();
    }

    /** An empty list is more likely a fault there than the wish that everything goes. */
    private List<String> gone(List<Listed> all, Set<String> its, Snapshot here) {
        if (source.whenGone() == Source.WhenGone.KEEP || all.isEmpty()) {
            return List.of();
        }
        Set<String> there = all.stream().map(Listed::uuid).collect(Collectors.toCollection(HashSet::new));
        return its.stream()
                .filter(uuid -> !there.contains(uuid))
                .filter(uuid -> here.own(uuid)
                        .filter(image -> source.whenGone() == Source.WhenGone.REMOVE || image.state() == State.ACTIVE)
                        .isPresent())
                .toList();
    }

    /** Is told how it goes; by several threads, but one at a time. */
    public interface Watcher {
        /** An image is begun. */
        void begins(Listed image);

        /** It is here, or cannot be brought. */
        default void ended(Listed image, boolean isHere) {}

        /** So many more bytes came. */
        void received(long bytes);

        /** An image is here, or was changed or removed. */
        void done(String what);

        /** An image could not be brought; the others are. */
        void failed(String what);
    }

    /**
     * Does what a plan says.
     *
     * @return whether all of it was done
     */
    public boolean run(Plan plan, Watcher watcher) {
        boolean isAllDone = Transfers.run(
                plan.missing(),
                source.parallel(),
                (image, isOriginThere) -> bring(image, isOriginThere, new OneAtATime(watcher)));
        if (Thread.currentThread().isInterrupted()) {
            return false;
        }
        for (Listed image : plan.changed()) {
            isAllDone &= change(
                    image.uuid(),
                    watcher,
                    image.isDisabled() ? "disabled" : "enabled",
                    () -> catalogue.editor().setDisabled(Target.of(principal, image.uuid()), image.isDisabled()));
        }
        for (String uuid : plan.gone()) {
            isAllDone &= change(uuid, watcher, "gone from the source", () -> whenGone(uuid));
        }
        return isAllDone;
    }

    private boolean bring(Listed image, boolean isOriginThere, Watcher watcher) {
        boolean isHere = false;
        try {
            isHere = tryToBring(image, isOriginThere, watcher);
            return isHere;
        } finally {
            watcher.ended(image, isHere);
        }
    }

    private boolean tryToBring(Listed image, boolean isOriginThere, Watcher watcher) {
        String name = image.name() + " " + image.version() + " (" + image.uuid() + ")";
        if (!isOriginThere) {
            watcher.failed(name + ": the image that it builds on could not be brought");
            return false;
        }
        watcher.begins(image);
        try {
            bringOrigins(image, watcher);
            bring(image.uuid(), watcher);
            watcher.done("brought " + name);
            return true;
        } catch (IOException | ImageException e) {
            if (!feed.isClosed()) {
                LOG.atWarn()
                        .addKeyValue("source", source.url())
                        .addKeyValue("image", image.uuid())
                        .log("an image cannot be brought here: {}", e.getMessage());
                watcher.failed(name + ": " + e.getMessage());
            }
            return false;
        }
    }

    /** One at a time, since two images may build on the same one. Those that the list does not show, such as disabled ones. */
    private synchronized void bringOrigins(Listed image, Watcher watcher) throws IOException {
        List<String> chain = new ArrayList<>();
        Optional<String> next = image.origin();
        while (next.isPresent() && catalogue.snapshot().own(next.get()).isEmpty()) {
            String uuid = next.get();
            if (chain.contains(uuid) || chain.size() > MAX_ORIGINS) {
                throw new RemoteException("the origins of " + image.uuid() + " at " + source.url() + " never end");
            }
            chain.add(uuid);
            next = Optional.ofNullable(manifest(uuid).path("origin").textValue());
        }
        for (String uuid : chain.reversed()) {
            bring(uuid, watcher);
        }
    }

    private ObjectNode manifest(String uuid) throws RemoteException {
        return carrier.manifest(uuid);
    }

    private void bring(String uuid, Watcher watcher) throws IOException {
        carrier.bring(uuid, carrier.manifest(uuid), watcher::received);
    }

    private interface Step {
        Image take() throws IOException;
    }

    private boolean change(String uuid, Watcher watcher, String what, Step step) {
        try {
            step.take();
            watcher.done(what + ": " + uuid);
            return true;
        } catch (IOException | ImageException e) {
            LOG.warn("image {} cannot follow {}: {}", uuid, source.url(), e.getMessage());
            watcher.failed(uuid + ": " + e.getMessage());
            return false;
        }
    }

    private Image whenGone(String uuid) throws IOException {
        Target target = Target.of(principal, uuid);
        Image before = catalogue.snapshot().image(uuid, principal);
        if (source.whenGone() == Source.WhenGone.DISABLE) {
            return catalogue.editor().setDisabled(target, true);
        }
        catalogue.remover().delete(target);
        provenance.remove(uuid);
        return before;
    }
}
