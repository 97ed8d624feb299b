package org.imageserver.http.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Sha1;
import org.imageserver.http.Accept;
import org.imageserver.http.Body;
import org.imageserver.http.OpenApi;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.http.RouteTable;

/** The front page, the API's document and its page. */
public final class WebRoutes {
    private static final String FACE = "Pages";
    private static final String HTML = "text/html; charset=utf-8";

    /** Nothing but our own style: a manifest that smuggled a script in would find it powerless. */
    private static final String POLICY =
            "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";

    private final Catalogue catalogue;
    private final String version;
    private final Body style = resource("style.css");

    /** Makes the pages of a catalogue. */
    public WebRoutes(Catalogue catalogue, String version) {
        this.catalogue = catalogue;
        this.version = version;
    }

    /** The whole table: the routes given, and the pages, which describe all of them. */
    public RouteTable with(List<Route> routes) {
        List<Route> all = new ArrayList<>(routes);
        all.add(Route.get(
                "/",
                "Home",
                doc("Names the API, or shows the front page to a browser.", Reply.JSON, "text/html"),
                this::home));
        all.add(Route.get("/style.css", "Style", doc("The look of the pages.", "text/css"), request -> style()));
        all.add(Route.get("/openapi.json", "OpenApi", doc("This document.", Reply.JSON), request -> openApi(all)));
        all.add(Route.get("/docs", "Docs", doc("This document as a page.", "text/html"), request -> docs(all)));
        return new RouteTable(all);
    }

    private static Doc doc(String summary, String... contentTypes) {
        return new Doc(FACE, summary, List.of(), List.of(contentTypes), List.of());
    }

    private Reply home(Request request) {
        String accept = request.header("Accept").orElse("");
        boolean isBrowser = Accept.allows(accept, "text/html") || Accept.allows(accept, "application/xhtml+xml");
        String own = isBrowser ? "index.html" : "index.json";
        return new Reply.Later(() -> ownPage(own, isBrowser)
                .orElseGet(() -> isBrowser ? front(request) : names())
                .with("Vary", "Accept, Accept-Encoding"));
    }

    /** A page that the operator put beside the images, as the old server had it. */
    private Optional<Reply.Content> ownPage(String name, boolean isHtml) throws IOException {
        return catalogue
                .pageBesideImages(name)
                .map(bytes ->
                        new Reply.Content(200, isHtml ? HTML : Reply.JSON, Body.of(bytes), Sha1.hex(bytes), Map.of()));
    }

    private Reply.Content front(Request request) {
        return page(FrontPage.render(catalogue.snapshot(), request.client().scheme() + "://" + request.host()));
    }

    private Reply.Content names() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", "image-server").put("version", version);
        json.putObject("imgapi").put("ping", "/ping").put("images", "/images");
        json.putObject("dsapi").put("datasets", "/datasets");
        json.put("openapi", "/openapi.json").put("docs", "/docs");
        return Reply.json(Body.of(json.toString()), null);
    }

    private Reply openApi(List<Route> routes) {
        String json = OpenApi.render(routes, version).toString();
        return Reply.json(Body.of(json), Sha1.hex(json.getBytes(StandardCharsets.UTF_8)));
    }

    private Reply docs(List<Route> routes) {
        return page(DocsPage.render(routes, version));
    }

    private static Reply.Content page(String html) {
        return new Reply.Content(200, HTML, Body.of(html), null, Map.of("Content-Security-Policy", POLICY));
    }

    private Reply style() {
        return new Reply.Content(
                200, "text/css; charset=utf-8", style, "style-" + version, Map.of("Cache-Control", "max-age=3600"));
    }

    private static Body resource(String name) {
        try (InputStream stream = Objects.requireNonNull(WebRoutes.class.getResourceAsStream(name), name)) {
            return Body.of(stream.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
