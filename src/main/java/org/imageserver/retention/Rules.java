package org.imageserver.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.config.Settings.Retention.Rule;
import org.imageserver.manifest.State;

/**
 * Decides by the rules which images go; changes nothing. Never one that others which stay are built on, never one that is
 * pinned (the tag {@code pinned} is true) or in a channel beside the default one, never one that a source would bring
 * again.
 */
final class Rules {
    private final List<Rule> rules;
    private final Pulls pulls;
    private final Predicate<Image> isMirrored;
    private final Function<Image, Optional<Instant>> changed;
    private final Instant now;
    private final List<String> notes = new ArrayList<>();

    /**
     * Takes the rules.
     *
     * @param isMirrored whether a source would bring an image again
     * @param changed when an image that was never activated was last touched
     */
    Rules(
            List<Rule> rules,
            Pulls pulls,
            Predicate<Image> isMirrored,
            Function<Image, Optional<Instant>> changed,
            Instant now) {
        this.rules = rules;
        this.pulls = pulls;
        this.isMirrored = isMirrored;
        this.changed = changed;
        this.now = now;
    }

    Plan plan(Snapshot snapshot) {
        Map<String, Plan.Going> going = new LinkedHashMap<>();
        for (Rule rule : rules) {
            for (Map.Entry<Image, String> image : wanted(rule, snapshot).entrySet()) {
                going.putIfAbsent(image.getKey().uuid(), new Plan.Going(image.getKey(), image.getValue()));
            }
        }
        going.values()
                .removeIf(its -> isPinned(its.image()) || isPromoted(its.image()) || isMirrored.test(its.image()));
        keepWhatIsBuiltOn(snapshot, going);
        return new Plan(dependentsFirst(going), List.copyOf(notes));
    }

    private static boolean isPinned(Image image) {
        return "true".equals(image.tags().get("pinned"));
    }

    /** Somebody put it into a channel, where others look for it. */
    private static boolean isPromoted(Image image) {
        List<String> channels = image.channels().names();
        return channels.size() > (image.channels().hasDefault() ? 1 : 0);
    }

    /** Whatever stays needs its origin, and that needs its own. */
    private static void keepWhatIsBuiltOn(Snapshot snapshot, Map<String, Plan.Going> going) {
        for (Image image : snapshot.images()) {
            if (!going.containsKey(image.uuid())) {
                Set<String> seen = new HashSet<>();
                Optional<String> origin = image.origin();
                while (origin.isPresent() && seen.add(origin.get())) {
                    going.remove(origin.get());
                    origin = snapshot.find(origin.get()).flatMap(Image::origin);
                }
            }
        }
    }

    private static List<Plan.Going> dependentsFirst(Map<String, Plan.Going> going) {
        Map<String, Plan.Going> originsFirst = new LinkedHashMap<>();
        for (Plan.Going each : going.values()) {
            List<Plan.Going> chain = new ArrayList<>();
            Set<String> seen = new HashSet<>();
            Plan.Going next = each;
            while (next != null && seen.add(next.image().uuid())) {
                chain.add(next);
                next = next.image().origin().map(going::get).orElse(null);
            }
            chain.reversed().forEach(its -> originsFirst.putIfAbsent(its.image().uuid(), its));
        }
        return List.copyOf(originsFirst.values()).reversed();
    }

    private Map<Image, String> wanted(Rule rule, Snapshot snapshot) {
        Map<Image, String> wanted = new LinkedHashMap<>();
        Map<String, Integer> newer = new HashMap<>();
        for (Image image : snapshot.images().reversed()) {
            if (image.isOffered() || !isNamed(rule, image)) {
                continue;
            }
            if (image.state() == State.UNACTIVATED) {
                unpublished(rule, image).ifPresent(why -> wanted.put(image, why));
            } else {
                int place = newer.merge(image.name(), 1, Integer::sum);
                published(rule, image, place).ifPresent(why -> wanted.put(image, why));
            }
        }
        return wanted;
    }

    private static boolean isNamed(Rule rule, Image image) {
        String name = rule.name().orElse("~");
        return name.startsWith("~")
                ? image.name().contains(name.substring(1))
                : image.name().equals(name);
    }

    private Optional<String> unpublished(Rule rule, Image image) {
        if (rule.unpublishedAfterDays() == 0 || !isBefore(changed.apply(image), rule.unpublishedAfterDays())) {
            return Optional.empty();
        }
        return Optional.of("not activated for " + rule.unpublishedAfterDays() + " days");
    }

    /** What a rule asks for must hold together. */
    private Optional<String> published(Rule rule, Image image, int place) {
        List<String> why = new ArrayList<>();
        if (rule.keepNewest() > 0) {
            if (place <= rule.keepNewest()) {
                return Optional.empty();
            }
            why.add("not of the newest " + rule.keepNewest() + " of its name");
        }
        if (rule.notPulledForDays() > 0) {
            if (!isCounted(rule.notPulledForDays()) || isPulled(image, rule.notPulledForDays())) {
                return Optional.empty();
            }
            why.add("not downloaded for " + rule.notPulledForDays() + " days");
        }
        return why.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", why));
    }

    private boolean isPulled(Image image, int days) {
        return !isBefore(Optional.of(image.published()), days)
                || pulls.last(image.uuid())
                        .filter(last -> !isBefore(Optional.of(last), days))
                        .isPresent();
    }

    /** Who has not counted for so long does not know what nobody has downloaded for so long. */
    private boolean isCounted(int days) {
        if (isBefore(pulls.since(), days)) {
            return true;
        }
        String note = "downloads are counted "
                + pulls.since().map(since -> "since " + since).orElse("from now on")
                + ": no image goes for not being downloaded for " + days + " days";
        if (!notes.contains(note)) {
            notes.add(note);
        }
        return false;
    }

    private boolean isBefore(Optional<Instant> time, int days) {
        return time.filter(its -> its.isBefore(now.minus(Duration.ofDays(days))))
                .isPresent();
    }
}
