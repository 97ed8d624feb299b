package org.imageserver.http.web;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Parameter;

/** The API's document for people, from the same routes as the one for machines. */
final class DocsPage {
    private DocsPage() {}

    static String render(List<Route> routes, String version) {
        List<String> faces =
                routes.stream().map(route -> route.doc().face()).distinct().toList();
        String sections = faces.stream().map(face -> section(face, routes)).collect(Collectors.joining("\n"));
        return Html.page("API of image-server", """
                <h1>API <small>image-server %s</small></h1>
                <p>For machines: <a href="/openapi.json">openapi.json</a>. Every GET answers HEAD too.</p>
                %s
                <h2 id="errors">Errors</h2>
                <p>An error is <code>{"code": ..., "message": ..., "errors": [...]}</code>; \
                <code>/ping?error=CODE</code> shows a sample.</p>
                <table><thead><tr><th>Code</th><th>Status</th></tr></thead><tbody>
                %s
                </tbody></table>
                """.formatted(Html.escape(version), sections, errors()));
    }

    private static String section(String face, List<Route> routes) {
        String entries = routes.stream()
                .filter(route -> route.doc().face().equals(face))
                .map(DocsPage::entry)
                .collect(Collectors.joining("\n"));
        return "<h2>" + Html.escape(face) + "</h2>\n" + entries;
    }

    private static String entry(Route route) {
        String parameters =
                route.doc().parameters().stream().map(DocsPage::parameter).collect(Collectors.joining("\n"));
        String errors = route.doc().errors().stream().map(ErrorCode::name).collect(Collectors.joining(", "));
        return """
                <section id="%1$s">
                <h3><code>%2$s %3$s</code> %1$s</h3>
                <p>%4$s</p>
                %5$s
                %6$s
                </section>""".formatted(
                        route.name(),
                        route.method().name(),
                        Html.escape(route.path().toString()),
                        Html.escape(route.doc().summary()),
                        parameters.isEmpty() ? "" : "<dl>" + parameters + "</dl>",
                        errors.isEmpty() ? "" : "<p class=\"errors\">Errors: " + errors + "</p>");
    }

    private static String parameter(Parameter parameter) {
        return "<dt><code>" + Html.escape(parameter.name()) + "</code></dt><dd>" + Html.escape(parameter.meaning())
                + "</dd>";
    }

    private static String errors() {
        return Arrays.stream(ErrorCode.values())
                .map(code -> "<tr><td><code>%1$s</code></td><td>%2$d</td></tr>".formatted(code.name(), code.status()))
                .collect(Collectors.joining("\n"));
    }
}
