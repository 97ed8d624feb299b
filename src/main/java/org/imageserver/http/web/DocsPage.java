package org.imageserver.http.web;

import java.util.List;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;

/** The API's document for people, from the same routes as the one for machines. */
final class DocsPage {
    private final List<Face> faces;
    private final String version;

    DocsPage(List<Route> routes, String version) {
        this.faces = routes.stream()
                .map(route -> route.doc().face())
                .distinct()
                .map(name -> Face.of(name, routes))
                .toList();
        this.version = version;
    }

    /** One group of routes. */
    record Face(String name, List<Route> routes) {
        static Face of(String name, List<Route> routes) {
            return new Face(
                    name,
                    routes.stream()
                            .filter(route -> route.doc().face().equals(name))
                            .toList());
        }
    }

    Reply answer(Request request) {
        Frame frame = Frame.of(request, Section.DOCS, "API of image-server")
                .withDescription("Every request that this image server answers.")
                .withJson("/openapi.json");
        return HtmlReply.of((output, nobody) -> JtedocsGenerated.render(output, nobody, frame, version, faces));
    }
}
