package org.imageserver.http.web;

import java.util.List;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;

/** The page for a person who opens the server's address: how to use it, and the newest images. */
final class FrontPage {
    private static final int SHOWN = 100;

    private FrontPage() {}

    /** A line of the table, as text. */
    record Row(String name, String version, String os, String type, String published, String size, String uuid) {
        static Row of(Image image) {
            return new Row(
                    image.name(),
                    image.version(),
                    image.os(),
                    image.type(),
                    image.published().toString().substring(0, 10),
                    image.file().map(file -> readable(file.size())).orElse(""),
                    image.uuid());
        }
    }

    static Reply.Content answer(Request request, Snapshot snapshot) {
        List<Row> rows = snapshot.images().reversed().stream()
                .filter(Image::isListed)
                .limit(SHOWN)
                .map(Row::of)
                .toList();
        Frame frame = Frame.of(request, Section.IMAGES, "SmartOS images").withJson("/images");
        return HtmlReply.of((output, nobody) -> JtehomeGenerated.render(
                output, nobody, frame, Frame.origin(request), snapshot.list().size(), rows));
    }

    private static String readable(long bytes) {
        return bytes < 1024 * 1024 ? bytes / 1024 + " KiB" : bytes / (1024 * 1024) + " MiB";
    }
}
