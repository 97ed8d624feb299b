package org.imageserver.http.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the status page shows.
 *
 * @param figures the large numbers at the top
 * @param charts of traffic
 * @param byOs how many images of each operating system
 * @param mostDownloaded images of the last 30 days
 * @param verification what is known of the files of the images that the visitor sees, in words
 * @param problems how many directories are no images that can be served
 * @param details for administrators; null for everyone else
 */
record StatusData(
        List<Figure> figures,
        List<BarChart> charts,
        List<Share> byOs,
        List<Popular> mostDownloaded,
        List<String> verification,
        int problems,
        @Nullable Details details) {
    /** A number, what it counts, and a word on it. */
    record Figure(String number, String what, String note) {}

    /** A part of the whole. */
    record Share(String name, String count, long percent) {}

    /** An image that people download. */
    record Popular(String uuid, String name, String version, String count) {}

    /** A request, in words. */
    record Slow(String when, String request, int status, String took, String id) {}

    /**
     * Another server whose images are brought here, in words.
     *
     * @param work what is under way; empty: nothing is
     * @param failure what went wrong last; empty: nothing did
     */
    record Source(String url, String state, String work, long percent, String failure) {}

    /** A job in the background. */
    record Work(String name, String state, long percent, String bytes) {}

    /**
     * What may name private images.
     *
     * @param problems what is not served
     * @param damaged what is served although something is wrong with its file
     * @param webhooks how it stands with those who are told what becomes of images
     * @param certificate that clients are shown, and what renews it; empty: they are shown none
     */
    record Details(
            List<Slow> slowest,
            List<Slow> failures,
            List<String> problems,
            List<String> damaged,
            List<Work> jobs,
            List<Source> sources,
            List<String> webhooks,
            String certificate) {}
}
