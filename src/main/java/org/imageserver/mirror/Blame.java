package org.imageserver.mirror;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which sources failed for which images lately, so that the next attempt begins with another one. Thread-safe. */
final class Blame {
    private static final int MOST_IMAGES = 1000;

    private final Map<String, Set<String>> byImage = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Set<String>> eldest) {
            return size() > MOST_IMAGES;
        }
    };

    synchronized void add(String image, String source) {
        byImage.computeIfAbsent(image, unknown -> new HashSet<>()).add(source);
    }

    synchronized void forget(String image) {
        byImage.remove(image);
    }

    /** The sources in their order, but those at the end that failed. Once all have, all are as good as before. */
    synchronized List<Offering> innocentFirst(String image, List<Offering> sources) {
        Set<String> guilty = byImage.getOrDefault(image, Set.of());
        if (sources.stream().allMatch(source -> guilty.contains(source.url()))) {
            byImage.remove(image);
            return List.copyOf(sources);
        }
        List<Offering> sorted = new ArrayList<>(sources);
        sorted.sort(Comparator.comparing(source -> guilty.contains(source.url())));
        return sorted;
    }
}
