package org.imageserver.http.web;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.imageserver.auth.Principal;
import org.imageserver.manifest.Uuid;

/**
 * The values of one facet, to choose from.
 *
 * @param facet which one
 * @param values those with the most lines, and those that are chosen
 * @param more how many others there are
 */
record Choices(Facet facet, List<Choice> values, int more) {
    private static final int SHOWN = 8;

    private static final Comparator<Choice> MOST_LINES_FIRST =
            Comparator.comparingInt(Choice::lines).reversed().thenComparing(Choice::value);

    /**
     * One value.
     *
     * @param value as it stands in manifests
     * @param label as people read it
     * @param lines that the list has with it
     * @param isChosen whether the list is narrowed to it
     * @param id names its box on the page
     * @param without the address of the list without it
     */
    record Choice(String value, String label, int lines, boolean isChosen, String id, String without) {
        String count() {
            return Wording.count(lines);
        }
    }

    /** All facets in which there is a choice. */
    static List<Choices> of(Selection selection, ListQuery query, Principal principal) {
        List<Choices> all = new ArrayList<>();
        for (Facet facet : Facet.values()) {
            Choices choices = of(facet, selection.counts().getOrDefault(facet, Map.of()), query, principal);
            if (choices.values().size() > 1 || choices.values().stream().anyMatch(Choice::isChosen)) {
                all.add(choices);
            }
        }
        return all;
    }

    private static Choices of(Facet facet, Map<String, Integer> counts, ListQuery query, Principal principal) {
        List<Choice> values = new ArrayList<>();
        counts.forEach((value, lines) -> values.add(choice(facet, value, lines, query, principal)));
        for (String chosen : query.chosen().getOrDefault(facet, Set.of())) {
            if (!counts.containsKey(chosen)) {
                values.add(choice(facet, chosen, 0, query, principal));
            }
        }
        values.sort(MOST_LINES_FIRST);
        List<Choice> shown = new ArrayList<>();
        for (Choice choice : values) {
            if (shown.size() < SHOWN || choice.isChosen()) {
                shown.add(choice);
            }
        }
        return new Choices(facet, shown, values.size() - shown.size());
    }

    private static Choice choice(Facet facet, String value, int lines, ListQuery query, Principal principal) {
        return new Choice(
                value,
                label(facet, value, principal),
                lines,
                query.isChosen(facet, value),
                facet.parameter() + "-" + Address.encoded(value),
                query.without(facet, value).target());
    }

    private static String label(Facet facet, String value, Principal principal) {
        if (facet != Facet.OWNER) {
            return value;
        }
        if (principal instanceof Principal.Account account && account.uuid().equals(value)) {
            return "mine (" + account.name() + ")";
        }
        return Uuid.isUuid(value) ? value.substring(0, 13) + "…" : value;
    }
}
