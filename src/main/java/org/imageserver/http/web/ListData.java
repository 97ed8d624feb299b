package org.imageserver.http.web;

import java.util.List;
import org.imageserver.http.web.Choices.Choice;
import org.jspecify.annotations.Nullable;

/**
 * What the list page shows.
 *
 * @param query what was asked for
 * @param origin of this server, for commands
 * @param total how many lines there are, in words
 * @param facets to narrow the list by
 * @param rows of this page
 * @param paging where the other pages are
 * @param json the API's request for the same; null when it cannot say it
 * @param hasImages whether there is anything that a query could find
 */
record ListData(
        ListQuery query,
        String origin,
        String total,
        List<Choices> facets,
        List<Row> rows,
        Paging paging,
        @Nullable String json,
        boolean hasImages) {
    /** The values by which the list is narrowed now. */
    List<Choice> chosen() {
        return facets.stream()
                .flatMap(choices -> choices.values().stream())
                .filter(Choice::isChosen)
                .toList();
    }

    /** How a column tells its order to those who hear it. */
    String ariaSort(Sort sort) {
        if (query.sort() != sort) {
            return "none";
        }
        boolean isAscending = (sort == Sort.NAME) != query.isReversed();
        return isAscending ? "ascending" : "descending";
    }

    /** The address of a page of the list. */
    String page(int number) {
        return query.onPage(number).target();
    }
}
