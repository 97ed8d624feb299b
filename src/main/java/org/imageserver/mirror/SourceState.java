package org.imageserver.mirror;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.imageserver.catalogue.Image;
import org.imageserver.config.Settings.Source;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How it stands with a source, since the start; told by the mirror at work, asked by people. Thread-safe. */
final class SourceState implements Mirror.Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(SourceState.class);

    private final Source source;
    private final Map<String, String> underWay = new LinkedHashMap<>();
    private @Nullable Instant looked;
    private @Nullable Instant failedAt;
    private String failure = "";
    private @Nullable Instant listOf;
    private boolean isDown;
    private int offered;
    private int wanted;
    private int present;
    private int brought;
    private long bytes;
    private long total;

    SourceState(Source source) {
        this.source = source;
    }

    /** Its list was asked for, and this is to be done. */
    synchronized void looked(Plan plan) {
        looked = now();
        if (!plan.isUnchanged()) {
            present = plan.present();
            wanted = plan.present() + plan.missing().size();
        }
        bytes = 0;
        total = plan.bytes();
    }

    /** Its list was asked for, and came or is the one that is known. */
    synchronized void answered() {
        looked = now();
    }

    /**
     * What it offers on demand.
     *
     * @param time of which its list is
     * @param isLate whether that is not now, since it cannot be asked
     */
    synchronized void offers(int images, Optional<Instant> time, boolean isLate) {
        offered = images;
        listOf = time.orElse(null);
        isDown = isLate;
    }

    /** The file of an image is fetched, for which somebody asked; {@link #pulled} follows. */
    synchronized void pulls(Image image) {
        if (underWay.isEmpty() && !source.policy().isScheduled()) {
            bytes = 0;
            total = 0;
        }
        underWay.put(image.uuid(), image.name() + " " + image.version());
        total += image.file().map(Image.File::size).orElse(0L);
    }

    /** It is here, or could not be had. */
    synchronized void pulled(Image image, boolean isHere) {
        brought += isHere ? 1 : 0;
        underWay.remove(image.uuid());
    }

    /** It could not be asked, or an image could not be had. */
    synchronized void refused(String why) {
        failedAt = now();
        failure = why;
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }

    @Override
    public synchronized void begins(Listed image) {
        LOG.debug("{}: bringing {}", source.url(), image.uuid());
        underWay.put(image.uuid(), image.name() + " " + image.version());
    }

    @Override
    public synchronized void ended(Listed image, boolean isHere) {
        brought += isHere ? 1 : 0;
        underWay.remove(image.uuid());
    }

    @Override
    public synchronized void received(long more) {
        bytes += more;
    }

    @Override
    public synchronized void done(String what) {
        LOG.info("{}: {}", source.url(), what);
    }

    @Override
    public synchronized void failed(String what) {
        refused(what);
        LOG.warn("{}: {}", source.url(), what);
    }

    /** For programs. The address without a path, which may hold a token. */
    synchronized ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("url", source.url().replaceFirst("^(https?://[^/]*)/.*", "$1"))
                .put("policy", source.policy().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        source.type().ifPresent(type -> json.put("type", type.name().toLowerCase(Locale.ROOT)));
        json.put("interval_seconds", source.interval().toSeconds());
        if (looked != null) {
            json.put("looked", looked.toString());
        }
        if (looked != null && source.policy().isScheduled()) {
            json.put("wanted", wanted).put("here", Math.min(wanted, present + brought));
        }
        if (source.policy().isOnDemand()) {
            json.put("offered", offered).put("is_down", isDown);
            if (listOf != null) {
                json.put("offered_as_of", listOf.toString());
            }
        }
        if (failedAt != null) {
            json.putObject("last_error").put("at", failedAt.toString()).put("message", failure);
        }
        json.put("brought", brought);
        if (!underWay.isEmpty()) {
            ObjectNode work = json.putObject("under_way");
            underWay.forEach((uuid, name) ->
                    work.withArray("images").addObject().put("uuid", uuid).put("name", name));
            work.put("bytes", bytes).put("total_bytes", total);
        }
        return json;
    }
}
