package org.imageserver.http.web;

import java.util.List;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.config.Settings;
import org.imageserver.http.Endpoint;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Reply;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.http.Route.Parameter;

/** The pages on which people publish and change images; what they do goes through the API, as a program's would. */
public final class WriteRoutes {
    private final PublishPage publish;
    private final EditPage edit;

    /** Makes the pages of a catalogue. */
    public WriteRoutes(Catalogue catalogue, Settings settings) {
        Terms terms = Terms.of(settings);
        this.publish = new PublishPage(terms, catalogue.channels());
        this.edit = new EditPage(catalogue, terms);
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                page("/publish", "PublishPage", "A form that publishes an image.", List.of(), publish::answer),
                page(
                        "/i/:uuid/edit",
                        "EditPage",
                        "A form that changes an image, for its owner.",
                        List.of(new Parameter("done", "What was done a moment ago, to be said.")),
                        edit::answer));
    }

    private static Route page(String path, String name, String summary, List<Parameter> parameters, Endpoint endpoint) {
        return Route.get(
                path,
                name,
                new Doc(WebRoutes.FACE, summary, parameters, List.of("text/html"), List.of(ErrorCode.ResourceNotFound)),
                ErrorPage.around(request -> new Reply.Later(() -> endpoint.answer(request))));
    }
}
