package org.imageserver.http.web;

import java.util.List;
import java.util.function.ToLongFunction;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;

/** The list of images, to be searched and narrowed. */
final class ListPage {
    private final Catalogue catalogue;
    private final ToLongFunction<String> downloads;

    ListPage(Catalogue catalogue, ToLongFunction<String> downloads) {
        this.catalogue = catalogue;
        this.downloads = downloads;
    }

    /** Answers; some milliseconds of work at 10,000 images, so not on an event loop. */
    Reply.Content answer(Request request) {
        Snapshot snapshot = catalogue.snapshot();
        ListQuery query = ListQuery.of(request.query());
        Selection selection = Selection.of(snapshot, query, request.principal(), downloads);
        Paging paging = Paging.of(query.page(), selection.entries().size());
        List<Row> rows = paging.of(selection.entries()).stream()
                .map(entry -> Row.of(entry, downloads))
                .toList();
        String total = total(selection, query);
        ListData data = new ListData(
                query,
                Frame.origin(request),
                total,
                Choices.of(selection, query, request.principal()),
                rows,
                paging,
                query.api(catalogue.channels().areUsed()).orElse(null),
                snapshot.images().stream().anyMatch(image -> Selection.isShown(image, request.principal())));
        Frame frame = Frame.of(request, Section.IMAGES, title(query))
                .withDescription(total + " for SmartOS, ready for imgadm and vmadm.")
                .withFeed(query.feed())
                .withScripts("list.js");
        return HtmlReply.of((output, nobody) -> JtelistGenerated.render(output, nobody, frame, data))
                // A form says every field; what the address bar shows is as short as it can be.
                .with("HX-Push-Url", query.target());
    }

    /** The newest of the same images as a feed. */
    Reply feed(Request request) {
        ListQuery query = ListQuery.of(request.query()).ofEveryImage(true).newestFirst();
        List<Image> images =
                Selection.of(catalogue.snapshot(), query, request.principal(), uuid -> 0).entries().stream()
                        .map(Selection.Entry::newest)
                        .toList();
        return Feed.of(request, title(query), query.target(), images);
    }

    private static String total(Selection selection, ListQuery query) {
        int lines = selection.entries().size();
        if (query.isEveryImage()) {
            return Wording.plural(lines, "image");
        }
        long images = selection.entries().stream()
                .mapToLong(entry -> entry.images().size())
                .sum();
        return Wording.plural(lines, "name") + ", " + Wording.plural(images, "image");
    }

    private static String title(ListQuery query) {
        return query.words().isEmpty() ? "SmartOS images" : query.words() + " · SmartOS images";
    }
}
