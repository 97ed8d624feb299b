package org.imageserver.http.web;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.imageserver.catalogue.Image;
import org.imageserver.http.Query;
import org.imageserver.http.Route.Parameter;
import org.imageserver.manifest.State;

/**
 * What the list shows: all of the page's state, as it stands in the URL. What cannot be understood counts as not
 * said, since people edit URLs. Immutable.
 *
 * @param words as they were typed
 * @param chosen the values of each facet, of which an image must have one; without a state only active images are
 *     shown
 * @param isEveryImage whether each image has a line; else each name
 * @param sort the order
 * @param isReversed whether the order is the other way round
 * @param page from 1
 */
record ListQuery(
        String words, Map<Facet, Set<String>> chosen, boolean isEveryImage, Sort sort, boolean isReversed, int page) {
    /** What the API's document says of the query. */
    static final List<Parameter> PARAMETERS = List.of(
            new Parameter(
                    "q", "Words that must all be in the name, version, uuid, system, type, brand or description."),
            new Parameter("os", "A system; may be given several times, as the other facets may."),
            new Parameter("type", "A type, such as zone-dataset."),
            new Parameter("brand", "A brand, such as lx or bhyve."),
            new Parameter("channel", "A channel, where there are any; all are shown without it."),
            new Parameter("state", "A state; active ones are shown without it."),
            new Parameter("owner", "The uuid of an owner."),
            new Parameter("view", "\"images\" gives each image a line instead of each name."),
            new Parameter("sort", "published, name, size or downloads; with - before it the other way round."),
            new Parameter("page", "Which page, from 1."));

    private static final String REVERSED = "-";

    /** Reads a query. */
    static ListQuery of(Query query) {
        Map<Facet, Set<String>> chosen = new EnumMap<>(Facet.class);
        for (Facet facet : Facet.values()) {
            Set<String> values = new LinkedHashSet<>(query.all(facet.parameter()));
            values.remove("");
            if (!values.isEmpty()) {
                chosen.put(facet, values);
            }
        }
        String sort = query.get("sort").orElse("");
        boolean isReversed = sort.startsWith(REVERSED);
        return new ListQuery(
                query.get("q").orElse("").strip(),
                chosen,
                query.get("view").orElse("").equals("images"),
                Sort.named(isReversed ? sort.substring(REVERSED.length()) : sort)
                        .orElse(Sort.PUBLISHED),
                isReversed,
                page(query.get("page").orElse("")));
    }

    /** The number of a page; 1 if it is none. */
    static int page(String text) {
        return text.matches("[1-9][0-9]{0,6}") ? Integer.parseInt(text) : 1;
    }

    /** Whether an image has one of the values that were chosen of a facet. */
    boolean admits(Facet facet, Image image) {
        Set<String> values = chosen.get(facet);
        if (values == null) {
            return facet != Facet.STATE || image.state() == State.ACTIVE;
        }
        for (String value : facet.of(image)) {
            if (values.contains(value)) {
                return true;
            }
        }
        return false;
    }

    /** Whether this value of a facet was chosen. */
    boolean isChosen(Facet facet, String value) {
        return chosen.getOrDefault(facet, Set.of()).contains(value);
    }

    /** Whether anything was asked for that narrows the list. */
    boolean isNarrowed() {
        return !words.isEmpty() || !chosen.isEmpty();
    }

    /** The same without one value of a facet. */
    ListQuery without(Facet facet, String value) {
        Map<Facet, Set<String>> fewer = new EnumMap<>(Facet.class);
        fewer.putAll(chosen);
        Set<String> values = new LinkedHashSet<>(chosen.getOrDefault(facet, Set.of()));
        values.remove(value);
        if (values.isEmpty()) {
            fewer.remove(facet);
        } else {
            fewer.put(facet, values);
        }
        return new ListQuery(words, fewer, isEveryImage, sort, isReversed, 1);
    }

    /** The same without words. */
    ListQuery withoutWords() {
        return new ListQuery("", chosen, isEveryImage, sort, isReversed, 1);
    }

    /** Everything in the same order. */
    ListQuery widest() {
        return new ListQuery("", Map.of(), isEveryImage, sort, isReversed, 1);
    }

    /** The same on another page. */
    ListQuery onPage(int number) {
        return new ListQuery(words, chosen, isEveryImage, sort, isReversed, number);
    }

    /** The same by name, or image by image. */
    ListQuery ofEveryImage(boolean everyImage) {
        return new ListQuery(words, chosen, everyImage, sort, isReversed, 1);
    }

    /** The same with the newest first. */
    ListQuery newestFirst() {
        return new ListQuery(words, chosen, isEveryImage, Sort.PUBLISHED, false, 1);
    }

    /** The same in this order, or the other way round if it is in this order already. */
    ListQuery by(Sort order) {
        return new ListQuery(words, chosen, isEveryImage, order, order == sort && !isReversed, 1);
    }

    /** The sort as it stands in the URL. */
    String sortParameter() {
        return (isReversed ? REVERSED : "") + sort.parameter();
    }

    /** The address of this list, as short as it can be. */
    String target() {
        List<String> parameters = narrowing();
        if (isEveryImage) {
            parameters.add("view=images");
        }
        if (sort != Sort.PUBLISHED || isReversed) {
            parameters.add("sort=" + sortParameter());
        }
        if (page > 1) {
            parameters.add("page=" + page);
        }
        return target("/", parameters);
    }

    /** The address of the feed of these images. */
    String feed() {
        return target("/feed.atom", narrowing());
    }

    /**
     * The API's request that gives these images; empty when its filters cannot say it.
     *
     * @param areChannelsUsed whether the API shows one channel to who names none
     */
    Optional<String> api(boolean areChannelsUsed) {
        boolean isSayable = words.isEmpty()
                && !chosen.containsKey(Facet.BRAND)
                && chosen.values().stream().allMatch(values -> values.size() == 1);
        if (!isSayable) {
            return Optional.empty();
        }
        List<String> parameters = narrowing();
        if (areChannelsUsed && !chosen.containsKey(Facet.CHANNEL)) {
            parameters.add("channel=*");
        }
        if (sort == Sort.PUBLISHED && !isReversed) {
            parameters.add("sort=published_at.desc");
        }
        return Optional.of(target("/images", parameters));
    }

    private List<String> narrowing() {
        List<String> parameters = new ArrayList<>();
        if (!words.isEmpty()) {
            parameters.add("q=" + Address.encoded(words));
        }
        chosen.forEach((facet, values) ->
                values.forEach(value -> parameters.add(facet.parameter() + "=" + Address.encoded(value))));
        return parameters;
    }

    private static String target(String path, List<String> parameters) {
        return parameters.isEmpty() ? path : path + "?" + String.join("&", parameters);
    }
}
