package org.imageserver.mirror;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.imageserver.config.Settings.Source;

/** Which of a source's images are wanted; pure functions of its list. Immutable. */
public final class Choice {
    private static final Map<String, Function<Listed, String>> FIELDS = Map.of(
            "uuid", Listed::uuid,
            "name", Listed::name,
            "version", Listed::version,
            "os", Listed::os,
            "type", Listed::type,
            "owner", Listed::owner);

    private final Source source;

    /** By the filter and the limits of this source. */
    public Choice(Source source) {
        this.source = source;
    }

    /**
     * Chooses.
     *
     * @return the images that are wanted, and all that they build on, each after its origin
     */
    public List<Listed> of(List<Listed> all) {
        Map<String, Listed> byUuid = new HashMap<>();
        all.forEach(image -> byUuid.put(image.uuid(), image));
        Set<Listed> chosen = new LinkedHashSet<>();
        for (Listed image : wanted(all)) {
            chosen.addAll(chain(image, byUuid));
        }
        return List.copyOf(chosen);
    }

    /** The images that are wanted for themselves, oldest first. */
    public List<Listed> wanted(List<Listed> all) {
        return newest(all.stream().filter(this::isWanted).toList());
    }

    /** Whether one image is wanted, going by itself: of how many of its name it is the newest is not looked at. */
    boolean isWanted(Listed image) {
        return source.filter().entrySet().stream().allMatch(entry -> matches(image, entry.getKey(), entry.getValue()))
                && source.publishedAfter()
                        .filter(limit -> !image.published().isAfter(limit))
                        .isEmpty()
                && (source.maxSize() == 0 || image.size() <= source.maxSize());
    }

    /** As ListImages reads a filter: {@code ~} before a part of a value, {@code !} before what it must not be. */
    private static boolean matches(Listed image, String field, String wanted) {
        String value = FIELDS.getOrDefault(field, unknown -> "").apply(image);
        if (wanted.startsWith("~")) {
            return value.toLowerCase(Locale.ROOT).contains(wanted.substring(1).toLowerCase(Locale.ROOT));
        }
        return wanted.startsWith("!") ? !value.equals(wanted.substring(1)) : value.equals(wanted);
    }

    /** Oldest first, so that what is interrupted has the oldest, on which the others may build. */
    private List<Listed> newest(List<Listed> wanted) {
        List<Listed> sorted = wanted.stream()
                .sorted(Comparator.comparing(Listed::published).thenComparing(Listed::uuid))
                .toList();
        if (source.newest() == 0) {
            return sorted;
        }
        Map<String, List<Listed>> byName = sorted.stream().collect(Collectors.groupingBy(Listed::name));
        return sorted.stream()
                .filter(image -> {
                    List<Listed> same = byName.getOrDefault(image.name(), List.of());
                    return same.indexOf(image) >= same.size() - source.newest();
                })
                .toList();
    }

    /** An image after what it builds on, as far as the source shows it. */
    private static List<Listed> chain(Listed image, Map<String, Listed> byUuid) {
        List<Listed> chain = new ArrayList<>();
        Optional<Listed> next = Optional.of(image);
        while (next.isPresent() && !chain.contains(next.get())) {
            chain.add(next.get());
            next = next.get().origin().map(byUuid::get);
        }
        return chain.reversed();
    }
}
