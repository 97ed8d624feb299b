package org.imageserver.http.web;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.catalogue.Words;
import org.jspecify.annotations.Nullable;

/**
 * The images of a snapshot that a query asks for, among those that the principal may see, and how many there would be
 * with other choices. One pass over all images.
 *
 * @param entries what the list has lines for, in its order
 * @param counts for each facet how many lines each value would give, the other facets as they are
 */
record Selection(List<Entry> entries, Map<Facet, Map<String, Integer>> counts) {
    /**
     * A line of the list.
     *
     * @param images of the same name, the newest first; one alone when every image has a line
     */
    record Entry(List<Image> images) {
        Image newest() {
            return images.getFirst();
        }

        /** Of all of them. */
        long downloads(ToLongFunction<String> counted) {
            return images.stream().map(Image::uuid).mapToLong(counted).sum();
        }

        long size() {
            return newest().file().map(Image.File::size).orElse(0L);
        }
    }

    /**
     * Selects.
     *
     * @param downloads of an image by its uuid, looked up in memory
     */
    static Selection of(Snapshot snapshot, ListQuery query, Principal principal, ToLongFunction<String> downloads) {
        Words words = Words.of(query.words());
        List<Tally> tallies = Arrays.stream(Facet.values())
                .map(facet -> new Tally(facet, query.isEveryImage()))
                .toList();
        List<Image> found = new ArrayList<>();
        for (Image image : snapshot.byName()) {
            if (!isShown(image, principal)) {
                continue;
            }
            List<Tally> misses = missed(tallies, query, image);
            if (misses.size() > 1 || !words.match(image)) {
                continue;
            }
            if (misses.isEmpty()) {
                found.add(image);
                tallies.forEach(tally -> tally.count(image));
            } else {
                misses.getFirst().count(image);
            }
        }
        Map<Facet, Map<String, Integer>> counts = new EnumMap<>(Facet.class);
        tallies.forEach(tally -> counts.put(tally.facet, tally.counts()));
        return new Selection(sorted(entries(found, query.isEveryImage()), query, downloads), counts);
    }

    /** Whether lists show an image to this principal at all, in one state or another. */
    static boolean isShown(Image image, Principal principal) {
        return switch (principal) {
            case Principal.Anonymous anonymous -> image.isListed();
            case Principal.Account account -> image.isVisibleTo(account);
        };
    }

    /** The facets by which an image is not one that was asked for; two stand for more. */
    private static List<Tally> missed(List<Tally> tallies, ListQuery query, Image image) {
        List<Tally> missed = List.of();
        for (Tally tally : tallies) {
            if (!query.admits(tally.facet, image)) {
                missed = missed.isEmpty() ? List.of(tally) : List.of(missed.getFirst(), tally);
            }
        }
        return missed;
    }

    private static List<Entry> entries(List<Image> found, boolean isEveryImage) {
        List<Entry> entries = new ArrayList<>();
        int begin = 0;
        for (int index = 1; index <= found.size(); index++) {
            if (index == found.size()
                    || isEveryImage
                    || !found.get(index).name().equals(found.get(begin).name())) {
                entries.add(new Entry(found.subList(begin, index)));
                begin = index;
            }
        }
        return entries;
    }

    /** Lines that are equal stand by name, as they come. */
    private static List<Entry> sorted(List<Entry> entries, ListQuery query, ToLongFunction<String> downloads) {
        IdentityHashMap<Entry, Long> counts = new IdentityHashMap<>();
        if (query.sort() == Sort.DOWNLOADS) {
            entries.forEach(entry -> counts.put(entry, entry.downloads(downloads)));
        }
        Comparator<Entry> order = switch (query.sort()) {
            case PUBLISHED ->
                Comparator.comparing((Entry entry) -> entry.newest().published())
                        .reversed();
            case NAME -> Comparator.comparing((Entry entry) -> entry.newest().name(), String.CASE_INSENSITIVE_ORDER);
            case SIZE -> Comparator.comparingLong(Entry::size).reversed();
            case DOWNLOADS ->
                Comparator.comparingLong((Entry entry) -> counts.getOrDefault(entry, 0L))
                        .reversed();
        };
        entries.sort(query.isReversed() ? order.reversed() : order);
        return entries;
    }

    /** Counts lines by the value of a facet: images, or names, which come one after the other. */
    private static final class Tally {
        private final Facet facet;
        private final boolean isEveryImage;
        private final Map<String, Count> counts = new HashMap<>();

        Tally(Facet facet, boolean isEveryImage) {
            this.facet = facet;
            this.isEveryImage = isEveryImage;
        }

        private static final class Count {
            private int lines;
            private @Nullable String lastName;
        }

        void count(Image image) {
            for (String value : facet.of(image)) {
                if (!value.isEmpty()) {
                    count(image, value);
                }
            }
        }

        private void count(Image image, String value) {
            Count count = counts.computeIfAbsent(value, fresh -> new Count());
            if (isEveryImage || !image.name().equals(count.lastName)) {
                count.lines++;
                count.lastName = image.name();
            }
        }

        Map<String, Integer> counts() {
            Map<String, Integer> lines = new HashMap<>();
            counts.forEach((value, count) -> lines.put(value, count.lines));
            return lines;
        }
    }
}
