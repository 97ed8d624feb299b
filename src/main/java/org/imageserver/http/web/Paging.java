package org.imageserver.http.web;

import java.util.List;

/**
 * Which part of a list is shown, and where the other parts are.
 *
 * @param page from 1
 * @param pages at least 1
 * @param first number of the first line, from 1
 * @param last number of the last line
 * @param total lines on all pages
 */
record Paging(int page, int pages, int first, int last, int total) {
    /** Lines on a page: few enough to be read, many enough to be scrolled. */
    static final int SIZE = 50;

    /** The page that was asked for; the last one when there are fewer. */
    static Paging of(int wanted, int total) {
        int pages = Math.max(1, (total + SIZE - 1) / SIZE);
        int page = Math.min(wanted, pages);
        int begin = (page - 1) * SIZE;
        return new Paging(page, pages, Math.min(begin + 1, total), Math.min(begin + SIZE, total), total);
    }

    /** The lines of this page. */
    <T> List<T> of(List<T> all) {
        return all.subList(Math.max(0, first - 1), last);
    }

    boolean hasPrevious() {
        return page > 1;
    }

    boolean hasNext() {
        return page < pages;
    }

    /** {@code 51 to 100 of 10,000}; empty when all is on one page. */
    String range() {
        return pages == 1 ? "" : Wording.count(first) + " to " + Wording.count(last) + " of " + Wording.count(total);
    }
}
