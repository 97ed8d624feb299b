package org.imageserver.scale;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.imageserver.scale.Event.Change;
import org.imageserver.scale.Event.File;
import org.imageserver.scale.Event.Got;
import org.imageserver.scale.Event.Kind;
import org.imageserver.scale.Event.Last;
import org.imageserver.scale.Event.Listed;

/**
 * Compares what clients were told with what can be true of one catalogue. It knows only histories: no server, no clock
 * but the one that the events have. Used by one thread.
 */
final class Checker {
    private final List<Event> history;
    private final Map<String, Last> last = new HashMap<>();
    private final Map<String, List<Change>> changes = new HashMap<>();
    private final Map<String, String> published = new HashMap<>();
    private final List<String> violations = new ArrayList<>();

    private Checker(List<Event> history, List<Last> last) {
        this.history =
                history.stream().sorted(Comparator.comparingLong(Event::ended)).toList();
        last.forEach(image -> this.last.put(image.uuid(), image));
        of(Change.class)
                .forEach(change -> changes.computeIfAbsent(change.uuid(), uuid -> new ArrayList<>())
                        .add(change));
        last.forEach(image -> published.put(image.uuid(), image.sha1()));
        of(Change.class)
                .filter(change -> change.kind() == Kind.PUBLISH && change.isOk())
                .forEach(change -> published.put(change.uuid(), change.value()));
    }

    /** What is wrong, in sentences; nothing when all is well. */
    static List<String> check(List<Event> history, List<Last> last) {
        Checker checker = new Checker(history, last);
        checker.nothingAcknowledgedIsLost();
        checker.nothingDeletedComesBack();
        checker.nothingIsHalfVisible();
        checker.whatIsAcknowledgedIsFound();
        checker.nothingIsUnseen();
        checker.oneUpdateOfAVersionWins();
        checker.noUpdateIsLost();
        checker.whoIsDisabledStaysSo();
        checker.oneImportWins();
        checker.anOriginIsDeletedOrBuiltOn();
        return checker.violations;
    }

    private <T extends Event> Stream<T> of(Class<T> type) {
        return history.stream().filter(type::isInstance).map(type::cast);
    }

    private void violated(String what, Object event) {
        violations.add(what + ": " + event);
    }

    private List<Change> changesOf(String uuid) {
        return changes.getOrDefault(uuid, List.of());
    }

    /** The change that made an image, if its client knows that it did. */
    private Optional<Change> making(String uuid) {
        return changesOf(uuid).stream()
                .filter(Change::isOk)
                .filter(change ->
                        Set.of(Kind.PUBLISH, Kind.IMPORT, Kind.DEPENDENT).contains(change.kind()))
                .findFirst();
    }

    private Stream<Change> deletions(String uuid) {
        return changesOf(uuid).stream().filter(change -> change.kind() == Kind.DELETE && change.isPossible());
    }

    private boolean mayBeGone(String uuid, long at) {
        return deletions(uuid).anyMatch(deletion -> deletion.begun() < at);
    }

    private Stream<String> made() {
        return changes.keySet().stream().filter(uuid -> making(uuid).isPresent());
    }

    private void nothingAcknowledgedIsLost() {
        made().filter(uuid -> deletions(uuid).findAny().isEmpty()).forEach(uuid -> {
            Change making = making(uuid).orElseThrow();
            Last there = last.get(uuid);
            if (there == null) {
                violated("an acknowledged image is lost", making);
            } else if (making.kind() == Kind.PUBLISH && !there.sha1().equals(making.value())) {
                violated("an acknowledged image has another file", making);
            } else if (making.kind() != Kind.PUBLISH && !there.name().equals(making.value())) {
                violated("an acknowledged image is another one", making);
            }
        });
    }

    private void nothingDeletedComesBack() {
        of(Change.class)
                .filter(change -> change.kind() == Kind.DELETE && change.isOk() && last.containsKey(change.uuid()))
                .forEach(change -> violated("a deleted image came back", change));
    }

    private void nothingIsHalfVisible() {
        Map<String, Long> seen = new HashMap<>();
        for (Event event : history) {
            switch (event) {
                case Listed list -> list.uuids().forEach(uuid -> seen.putIfAbsent(uuid, list.ended()));
                case Got got -> {
                    if (got.status() == 200) {
                        seen.putIfAbsent(got.uuid(), got.ended());
                    }
                }
                case Change change -> {
                    if (change.isOk() && change.kind() == Kind.PUBLISH) {
                        seen.putIfAbsent(change.uuid(), change.ended());
                    }
                }
                case File file -> check(file, seen.getOrDefault(file.uuid(), Long.MAX_VALUE));
            }
        }
    }

    private void check(File file, long seen) {
        String sha1 = published.getOrDefault(file.uuid(), "");
        if (file.status() == 200 && !sha1.isEmpty() && !file.sha1().equals(sha1)) {
            violated("a file has other bytes than were published", file);
        }
        boolean hasFile = !sha1.isEmpty();
        if (file.status() == 404 && hasFile && seen < file.begun() && !mayBeGone(file.uuid(), file.ended())) {
            violated("an image was seen, and its file was not there", file);
        }
    }

    private void whatIsAcknowledgedIsFound() {
        of(Got.class).filter(got -> got.status() == 404).forEach(got -> {
            boolean isThere = making(got.uuid())
                    .filter(making -> making.ended() < got.begun())
                    .isPresent();
            if (isThere && !mayBeGone(got.uuid(), got.ended())) {
                violated("an acknowledged image is not found", got);
            }
        });
    }

    /** On one server, from its start to its end; what it acknowledged itself counts as seen. */
    private void nothingIsUnseen() {
        Map<String, List<Event>> lives = history.stream().collect(Collectors.groupingBy(Event::life));
        lives.values().forEach(this::nothingIsUnseenIn);
    }

    private void nothingIsUnseenIn(List<Event> life) {
        Map<String, Long> seen = new HashMap<>();
        for (Event event : life) {
            if (event instanceof Listed list) {
                seen.forEach((uuid, since) -> {
                    boolean isMissing = since < list.begun() && !list.uuids().contains(uuid);
                    if (isMissing && !mayBeGone(uuid, list.ended())) {
                        violated("image " + uuid + " vanished from a server that had shown it", list);
                    }
                });
                list.uuids().forEach(uuid -> seen.putIfAbsent(uuid, list.ended()));
            } else if (event instanceof Change change && change.isOk() && change.kind() != Kind.DELETE) {
                seen.putIfAbsent(change.uuid(), change.ended());
            } else if (event instanceof Got got && got.status() == 200) {
                seen.putIfAbsent(got.uuid(), got.ended());
            }
        }
    }

    private Stream<Change> kind(Kind kind, Predicate<Change> which) {
        return of(Change.class).filter(change -> change.kind() == kind).filter(which);
    }

    private void oneUpdateOfAVersionWins() {
        kind(Kind.UPDATE, Change::isOk)
                .collect(Collectors.groupingBy(change -> change.uuid() + " " + change.condition()))
                .values()
                .stream()
                .filter(winners -> winners.size() > 1)
                .forEach(winners -> violated("several updates of one version won", winners));
    }

    /** Whatever an update led to is what there is in the end, or somebody went on from there. */
    private void noUpdateIsLost() {
        kind(Kind.UPDATE, Change::isOk).forEach(update -> {
            Event.Last shown = last.get(update.uuid());
            if (shown == null) {
                return;
            }
            boolean isLast = shown.tag().equals(update.tag());
            boolean isOvertaken = changesOf(update.uuid()).stream()
                    .filter(Change::isPossible)
                    .anyMatch(other -> other.condition().equals(update.tag())
                            || (other.kind() == Kind.DISABLE && other.ended() > update.begun()));
            if (!isLast && !isOvertaken) {
                violated("an acknowledged update is lost", update);
            }
        });
        last.values().stream().filter(image -> !image.description().isEmpty()).forEach(image -> {
            boolean isKnown = changesOf(image.uuid()).stream()
                    .anyMatch(change -> change.isPossible() && change.value().equals(image.description()));
            if (!isKnown) {
                violated("nobody's update took place", image);
            }
        });
    }

    /** Each image is disabled and enabled by one client, one after the other. */
    private void whoIsDisabledStaysSo() {
        for (Last image : last.values()) {
            List<Change> all = changesOf(image.uuid()).stream()
                    .filter(change -> change.kind() == Kind.DISABLE && change.isPossible())
                    .toList();
            if (!all.isEmpty()
                    && all.getLast().isOk()
                    && !all.getLast().value().equals(Boolean.toString(image.isDisabled()))) {
                violated("the last word on whether it is disabled is not in force", all.getLast());
            }
        }
    }

    private void oneImportWins() {
        Map<String, List<Change>> races =
                kind(Kind.IMPORT, change -> true).collect(Collectors.groupingBy(Change::uuid));
        races.forEach((uuid, racers) -> {
            long winners = racers.stream().filter(Change::isOk).count();
            boolean isAllKnown = racers.stream().allMatch(Change::isAnswered);
            if (winners > 1 || (winners == 0 && isAllKnown)) {
                violated(winners + " imports of one uuid won", racers);
            }
        });
    }

    private void anOriginIsDeletedOrBuiltOn() {
        Set<String> origins = new HashSet<>();
        kind(Kind.DEPENDENT, change -> true).forEach(change -> origins.add(change.condition()));
        for (String origin : origins) {
            List<Change> both = Stream.concat(
                            kind(Kind.DEPENDENT, change -> change.condition().equals(origin)),
                            kind(Kind.DELETE, change -> change.uuid().equals(origin)))
                    .toList();
            boolean isBuiltOn = both.stream().anyMatch(change -> change.isOk() && change.kind() == Kind.DEPENDENT);
            boolean isDeleted = both.stream().anyMatch(change -> change.isOk() && change.kind() == Kind.DELETE);
            boolean isNeither = both.stream().allMatch(change -> change.outcome() == Event.Outcome.REFUSED);
            boolean isRace = both.stream().anyMatch(change -> change.kind() == Kind.DELETE);
            if ((isBuiltOn && isDeleted) || (isNeither && isRace)) {
                violated(
                        "an origin was " + (isBuiltOn ? "deleted and built on" : "neither deleted nor built on"), both);
            }
        }
        last.values().stream()
                .filter(image -> !image.origin().isEmpty() && !last.containsKey(image.origin()))
                .forEach(image -> violated("an image is built on one that is gone", image));
    }
}
