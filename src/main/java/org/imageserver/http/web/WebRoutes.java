package org.imageserver.http.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Sha1;
import org.imageserver.http.Accept;
import org.imageserver.http.Body;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.OpenApi;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.http.RouteTable;

/** The pages that are for everyone, the API's document and its page. */
public final class WebRoutes {
    /** The group of pages in the API's document. */
    static final String FACE = "Pages";

    private final Catalogue catalogue;
    private final String version;
    private final BrowseRoutes browse;

    /**
     * Makes the pages of a catalogue.
     *
     * @param downloads how often an image was downloaded, by its uuid; looked up in memory
     */
    public WebRoutes(Catalogue catalogue, String version, ToLongFunction<String> downloads) {
        this.catalogue = catalogue;
        this.version = version;
        this.browse = new BrowseRoutes(catalogue, downloads);
    }

    /** The whole table: the routes given, and the pages, which describe all of them. */
    public RouteTable with(List<Route> routes) {
        List<Route> all = new ArrayList<>(routes);
        all.add(Route.get(
                "/",
                "Home",
                new Doc(
                        FACE,
                        "Names the API, or shows the list of images to a browser.",
                        ListQuery.PARAMETERS,
                        List.of(Reply.JSON, "text/html"),
                        List.of()),
                this::home));
        all.addAll(browse.routes());
        all.add(Route.get(
                "/static/:version/:name",
                "Static",
                new Doc(
                        FACE,
                        "Styles, scripts and pictures of the pages.",
                        List.of(),
                        List.of("text/css", "text/javascript", "image/svg+xml"),
                        List.of(ErrorCode.ResourceNotFound)),
                StaticFiles::answer));
        // What browsers ask for by themselves beside what is no page of ours, such as JSON.
        all.add(Route.get(
                "/favicon.ico",
                "Favicon",
                doc("Leads to the icon of the pages.", "image/svg+xml"),
                request -> new Reply.Empty(
                        302,
                        Map.of("Location", StaticFiles.address("favicon.svg"), "Cache-Control", "max-age=86400"))));
        all.add(Route.get("/openapi.json", "OpenApi", doc("This document.", Reply.JSON), request -> openApi(all)));
        all.add(Route.get(
                "/docs",
                "Docs",
                doc("This document as a page.", "text/html"),
                request -> new Reply.Later(() -> new DocsPage(all, version).answer(request))));
        return new RouteTable(all, ErrorPage.around(RouteTable.NOTHING_THERE));
    }

    private static Doc doc(String summary, String... contentTypes) {
        return new Doc(FACE, summary, List.of(), List.of(contentTypes), List.of());
    }

    private Reply home(Request request) {
        String accept = request.header("Accept").orElse("");
        boolean isBrowser = Accept.allows(accept, "text/html") || Accept.allows(accept, "application/xhtml+xml");
        String own = isBrowser ? "index.html" : "index.json";
        // A page of the operator's own stands for the address itself; the list stays where its links lead.
        boolean isAddressItself = request.query().asMap().isEmpty();
        return new Reply.Later(() -> (isAddressItself ? ownPage(own, isBrowser) : Optional.<Reply.Content>empty())
                .orElseGet(() -> isBrowser ? browse.list(request) : names())
                .with("Vary", "Accept, Accept-Encoding"));
    }

    /** A page that the operator put beside the images, as the old server had it. */
    private Optional<Reply.Content> ownPage(String name, boolean isHtml) throws IOException {
        return catalogue
                .pageBesideImages(name)
                .map(bytes -> new Reply.Content(
                        200, isHtml ? HtmlReply.TYPE : Reply.JSON, Body.of(bytes), Sha1.hex(bytes), Map.of()));
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
}
