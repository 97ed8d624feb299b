package org.imageserver.http.web;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.http.Endpoint;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.http.Route.Parameter;

/** The pages on which people look for images. */
final class BrowseRoutes {
    private final ListPage list;
    private final NamePage name;
    private final AboutPage about;

    BrowseRoutes(Catalogue catalogue, ToLongFunction<String> downloads) {
        this.list = new ListPage(catalogue, downloads);
        this.about = new AboutPage(catalogue.channels());
        this.name = new NamePage(catalogue, downloads);
    }

    /** The list, for a browser that asks for {@code /}. */
    Reply.Content list(Request request) {
        return list.answer(request);
    }

    /** What comes below it. */
    List<Route> routes() {
        return List.of(
                page("/n/:name", "Name", "Every version of a name.", List.of(paging()), "text/html", name::answer),
                page(
                        "/n/:name/latest",
                        "Latest",
                        "Leads to the newest active image of a name.",
                        List.of(
                                new Parameter("version", "That version, or the newest that begins with it and a dot."),
                                new Parameter("channel", "A channel, where there are any; absent: the default one.")),
                        "text/html",
                        name::latest),
                page(
                        "/n/:name/badge.svg",
                        "Badge",
                        "A picture with a name and its latest version.",
                        List.of(),
                        "image/svg+xml",
                        name::badge),
                page(
                        "/n/:name/feed.atom",
                        "NameFeed",
                        "The newest versions of a name as an Atom feed.",
                        List.of(),
                        Feed.TYPE,
                        name::feed),
                page(
                        "/feed.atom",
                        "Feed",
                        "The newest images as an Atom feed, with the filters of the list.",
                        filters(),
                        Feed.TYPE,
                        list::feed),
                page(
                        "/about",
                        "About",
                        "How to use this server from a SmartOS host.",
                        List.of(),
                        "text/html",
                        about::answer));
    }

    private static Parameter paging() {
        return ListQuery.PARAMETERS.getLast();
    }

    private static List<Parameter> filters() {
        List<String> order = List.of("view", "sort", "page");
        List<Parameter> filters = new ArrayList<>(ListQuery.PARAMETERS);
        filters.removeIf(parameter -> order.contains(parameter.name()));
        return filters;
    }

    /** Looking through all images takes some milliseconds, so it is not done on an event loop. */
    private static Route page(
            String path, String name, String summary, List<Parameter> parameters, String type, Endpoint endpoint) {
        return Route.get(
                path,
                name,
                new Doc(WebRoutes.FACE, summary, parameters, List.of(type), List.of(ErrorCode.ResourceNotFound)),
                ErrorPage.around(request -> new Reply.Later(() -> endpoint.answer(request))));
    }
}
