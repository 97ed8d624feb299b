package org.imageserver.mirror;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Offer;
import org.imageserver.catalogue.OpenFile;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.remote.RemoteException;
import org.imageserver.storage.StoredBlob;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the files of offered images when somebody wants them: each once, however many wait for it, and to its end,
 * whoever goes away. Sources are tried in their order; those that failed for an image lately come last. Thread-safe.
 */
final class Pulls implements Offer, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pulls.class);

    /** At the same time; each takes about two megabytes of memory. Others wait for their turn. */
    private static final int THREADS = 8;

    private static final int MOST_WAITING = 1000;

    private final Catalogue catalogue;
    private final Supplier<List<Offering>> sources;
    private final Principal.Account principal;
    private final Room room;
    private final Map<String, Pull> running = new HashMap<>();
    private final Blame blame = new Blame();
    private final ExecutorService threads = Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("pull-", 0).factory());

    /**
     * Makes pulls; asks nothing yet.
     *
     * @param sources that there are now, in the order in which they are asked
     * @param principal who sees everything
     */
    Pulls(Catalogue catalogue, Supplier<List<Offering>> sources, Principal.Account principal, Room room) {
        this.catalogue = catalogue;
        this.sources = sources;
        this.principal = principal;
        this.room = room;
    }

    @Override
    public StoredBlob open(Image image) {
        return new PulledBlob(image, this);
    }

    /**
     * Follows the fetch of an image's file, and begins it if nobody has.
     *
     * @return empty when the image is here by now
     */
    Optional<Pull> join(Image image) {
        synchronized (running) {
            Pull pull = running.get(image.uuid());
            if (pull == null && catalogue.snapshot().own(image.uuid()).isPresent()) {
                return Optional.empty();
            }
            if (pull == null) {
                pull = begin(image);
            } else if (!isSameFile(pull.image(), image)) {
                throw new ImageException.FileUnavailable("the file of image " + image.uuid()
                        + " was changed at its source, and is being fetched as it was before; try again in a moment");
            }
            pull.join();
            return Optional.of(pull);
        }
    }

    private Pull begin(Image image) {
        if (running.size() >= MOST_WAITING) {
            throw new ImageException.FileUnavailable(
                    "too many images are being fetched at the moment; try again later");
        }
        Pull pull = new Pull(image);
        try {
            threads.execute(() -> run(pull));
        } catch (RejectedExecutionException e) {
            throw new ImageException.FileUnavailable("the server stops; try again later");
        }
        running.put(image.uuid(), pull);
        return pull;
    }

    private static boolean isSameFile(Image some, Image other) {
        return some.file().flatMap(Image.File::sha1).equals(other.file().flatMap(Image.File::sha1))
                && some.file().map(Image.File::size).equals(other.file().map(Image.File::size));
    }

    /** The file of an image that was offered and is here now. */
    OpenFile published(Image offered) throws IOException {
        Snapshot now = catalogue.snapshot();
        if (now.own(offered.uuid()).filter(own -> isSameFile(own, offered)).isEmpty()) {
            throw new ImageException.FileUnavailable(
                    "the file of image " + offered.uuid() + " is another one by now; try again");
        }
        return catalogue.files().open(now, principal, offered.uuid(), 0);
    }

    private void run(Pull pull) {
        String uuid = pull.image().uuid();
        String reason = "the server found a fault in itself; its log has it";
        try {
            // A schedule or another server may have been faster.
            if (isHere(uuid)) {
                pull.isElsewhere();
                return;
            }
            reason = tryAll(pull);
        } catch (IOException e) {
            reason = String.valueOf(e.getMessage());
            LOG.warn("image {} cannot be looked for: {}", uuid, reason);
        } catch (RuntimeException | Error e) {
            LOG.error("fetching image {} found a fault in this server", uuid, e);
            throw e;
        } finally {
            pull.fail("image " + uuid + " cannot be fetched: " + reason);
            synchronized (running) {
                running.remove(uuid);
            }
        }
    }

    /** Returns why it cannot be had; of no meaning when it could. */
    private String tryAll(Pull pull) {
        String uuid = pull.image().uuid();
        String reason = "no source has it any more";
        for (Offering source : blame.innocentFirst(uuid, sources.get())) {
            try {
                if (bring(pull, source)) {
                    blame.forget(uuid);
                    room.make(inUse());
                    return "";
                }
            } catch (IOException | ImageException e) {
                reason = String.valueOf(e.getMessage());
                source.state().refused(pull.image().name() + " (" + uuid + "): " + reason);
                LOG.atWarn()
                        .addKeyValue("source", source.url())
                        .addKeyValue("image", uuid)
                        .log("an image that somebody waits for cannot be fetched: {}", reason);
                blame.add(uuid, source.url());
            }
            if (pull.hasGivenOut() || Thread.currentThread().isInterrupted()) {
                return reason;
            }
        }
        return reason;
    }

    /** False when the source has no such image, or another one under its uuid. */
    private boolean bring(Pull pull, Offering source) throws IOException {
        Image image = pull.image();
        Optional<ObjectNode> manifest = source.upstream().manifest(image.uuid());
        if (manifest.isEmpty()) {
            return false;
        }
        Image now = catalogue.offered(manifest.get(), this);
        if (!isSameFile(now, image)) {
            source.changed(now);
            throw new RemoteException("it was changed at " + source.url() + " since it was listed; try again");
        }
        room.makeFor(image, inUse());
        source.state().pulls(image);
        boolean isHere = false;
        try {
            source.carrier().bringOnDemand(image.uuid(), manifest.get(), pull, published -> {
                room.came(published);
                pull.complete();
            });
            isHere = true;
        } catch (ImageException.Refused e) {
            if (e.reason() == ImageException.Reason.UUID_EXISTS && isHere(image.uuid())) {
                pull.isElsewhere();
                return true;
            }
            throw e;
        } finally {
            source.state().pulled(image, isHere);
        }
        LOG.info(
                "{}: brought {} {} ({}), for which a client asked",
                source.url(),
                image.name(),
                image.version(),
                image.uuid());
        return true;
    }

    /** What is being fetched, and what that is built on. */
    private Set<String> inUse() {
        Set<String> uuids = new HashSet<>();
        synchronized (running) {
            running.values().forEach(pull -> {
                uuids.add(pull.image().uuid());
                pull.image().origin().ifPresent(uuids::add);
            });
        }
        return uuids;
    }

    private boolean isHere(String uuid) throws IOException {
        catalogue.catchUp();
        return catalogue.snapshot().own(uuid).isPresent();
    }

    /** Breaks off what is being fetched; nothing of it is to be seen. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("an image is still being fetched");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
