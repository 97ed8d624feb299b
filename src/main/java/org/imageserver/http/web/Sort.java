package org.imageserver.http.web;

import java.util.Arrays;
import java.util.Optional;

/** What the list is sorted by; the best comes first, which is the newest, the largest, the most downloaded. */
enum Sort {
    PUBLISHED("published", "Newest first"),
    NAME("name", "Name"),
    SIZE("size", "Largest first"),
    DOWNLOADS("downloads", "Most downloads");

    private final String parameter;
    private final String label;

    Sort(String parameter, String label) {
        this.parameter = parameter;
        this.label = label;
    }

    /** Its name in the URL. */
    String parameter() {
        return parameter;
    }

    /** Its name for people. */
    String label() {
        return label;
    }

    /** The order of that name, if there is one. */
    static Optional<Sort> named(String parameter) {
        return Arrays.stream(values())
                .filter(sort -> sort.parameter.equals(parameter))
                .findFirst();
    }
}
