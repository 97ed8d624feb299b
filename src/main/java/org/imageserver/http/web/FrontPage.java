package org.imageserver.http.web;

import java.util.stream.Collectors;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Snapshot;

/** The page for a person who opens the server's address: how to use it, and the newest images. */
final class FrontPage {
    private static final int SHOWN = 100;

    private FrontPage() {}

    static String render(Snapshot snapshot, String url) {
        String rows = snapshot.images().reversed().stream()
                .filter(Image::isListed)
                .limit(SHOWN)
                .map(FrontPage::row)
                .collect(Collectors.joining("\n"));
        return Html.page("SmartOS images", """
                <h1>SmartOS images</h1>
                <p>Add this server to a SmartOS host:</p>
                <pre>imgadm sources -a %s
                imgadm avail</pre>
                <p><a href="/images">%d images</a> as JSON · <a href="/docs">API</a></p>
                <table>
                <thead><tr><th>Name</th><th>Version</th><th>OS</th><th>Type</th><th>Published</th><th>Size</th>\
                <th>UUID</th></tr></thead>
                <tbody>
                %s
                </tbody>
                </table>
                """.formatted(
                        Html.escape(url), snapshot.list().size(), rows));
    }

    private static String row(Image image) {
        return "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td><a href=\"/images/%s\"><code>%s</code></a></td></tr>"
                .formatted(
                        Html.escape(image.name()),
                        Html.escape(image.version()),
                        Html.escape(image.os()),
                        Html.escape(image.type()),
                        image.published().toString().substring(0, 10),
                        image.file().map(file -> size(file.size())).orElse(""),
                        image.uuid(),
                        image.uuid());
    }

    private static String size(long bytes) {
        return bytes < 1024 * 1024 ? bytes / 1024 + " KiB" : bytes / (1024 * 1024) + " MiB";
    }
}
