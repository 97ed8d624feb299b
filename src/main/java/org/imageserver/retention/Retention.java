package org.imageserver.retention;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Role;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Provenance;
import org.imageserver.catalogue.Target;
import org.imageserver.catalogue.Trash;
import org.imageserver.config.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes away what the rules of the configuration say, and empties the trash in time. Used by one thread at a time. */
public final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final Settings.Retention settings;
    private final Supplier<List<String>> sources;
    private final Catalogue catalogue;
    private final Trash trash;
    private final Pulls pulls;
    private final InstantSource clock;
    private final Principal.Account principal;
    private volatile boolean isStopped;

    /** Takes the rules; does nothing yet. */
    public Retention(Settings settings, Catalogue catalogue, Trash trash, Pulls pulls, InstantSource clock) {
        this(
                settings,
                () -> settings.allSources().stream().map(Settings.Source::url).toList(),
                catalogue,
                trash,
                pulls,
                clock);
    }

    /**
     * The same where sources come and go.
     *
     * @param sources the addresses of the servers that would bring back what came from them
     */
    public Retention(
            Settings settings,
            Supplier<List<String>> sources,
            Catalogue catalogue,
            Trash trash,
            Pulls pulls,
            InstantSource clock) {
        this.settings = settings.retention();
        this.sources = sources;
        this.catalogue = catalogue;
        this.trash = trash;
        this.pulls = pulls;
        this.clock = clock;
        this.principal = new Principal.Account("retention", settings.creator().uuid(), Role.ADMIN);
    }

    /** What the rules say now. */
    public Plan plan() {
        return new Rules(settings.rules(), pulls, this::isMirrored, catalogue::lastTouched, clock.instant())
                .plan(catalogue.snapshot());
    }

    private boolean isMirrored(Image image) {
        List<String> now = sources.get();
        return !now.isEmpty()
                && catalogue
                        .provenance()
                        .of(image.uuid())
                        .map(Provenance.Origin::source)
                        .filter(now::contains)
                        .isPresent();
    }

    /** From now on no image goes but the one that is just going; to interrupt it would leave it half on its way. */
    public void stop() {
        isStopped = true;
    }

    /** Is told how it goes. */
    public interface Watcher {
        /** An image went to the trash. */
        void gone(Plan.Going image);

        /** An image could not be taken away; the others are. */
        void failed(Plan.Going image, String why);
    }

    /**
     * Does what a plan says, until {@link #stop}.
     *
     * @return whether all of it was done
     */
    public boolean run(Plan plan, Watcher watcher) {
        boolean isAllDone = true;
        for (Plan.Going going : plan.going()) {
            if (isStopped) {
                return false;
            }
            try {
                catalogue.remover().discard(Target.of(principal, going.image().uuid()), trash, going.why());
                watcher.gone(going);
            } catch (IOException | ImageException e) {
                watcher.failed(going, String.valueOf(e.getMessage()));
                isAllDone = false;
            }
        }
        return isAllDone;
    }

    /**
     * Removes for good what has been in the trash for long enough.
     *
     * @return what is gone
     */
    public List<Trash.Thrown> emptyTrash() throws IOException {
        Instant before = clock.instant().minus(settings.trash());
        return trash.empty(before);
    }

    /** All of it, for the log. */
    public void runAndLog() {
        try {
            Plan plan = plan();
            run(plan, new Logged());
            if (!plan.going().isEmpty()) {
                LOG.info(
                        "{} images went to the trash by the rules of retention; in {} days that gives {} bytes",
                        plan.going().size(),
                        settings.trash().toDays(),
                        plan.bytes());
            }
            List<Trash.Thrown> gone = emptyTrash();
            if (!gone.isEmpty()) {
                LOG.info(
                        "{} images are removed from the trash, {} bytes",
                        gone.size(),
                        gone.stream().mapToLong(Trash.Thrown::bytes).sum());
            }
        } catch (IOException | RuntimeException e) {
            // The thread must live on: the directory may come back.
            LOG.warn("the rules of retention cannot be applied; trying again tomorrow", e);
        }
    }

    private static final class Logged implements Watcher {
        @Override
        public void gone(Plan.Going going) {
            Image image = going.image();
            LOG.info(
                    "image {} {} ({}) goes to the trash: {}", image.name(), image.version(), image.uuid(), going.why());
        }

        @Override
        public void failed(Plan.Going going, String why) {
            LOG.warn("image {} cannot go to the trash: {}", going.image().uuid(), why);
        }
    }
}
