package org.imageserver.http;

import io.vertx.core.http.HttpMethod;
import java.util.List;

/**
 * One line of the route table.
 *
 * @param method GET routes answer HEAD too
 * @param path a template; {@code :uuid} matches a lower-case UUID, {@code :other} any one segment
 * @param name the endpoint's name as its users know it (ListImages)
 * @param doc what the API document says of it
 * @param endpoint what answers
 * @param isForm whether the body is a form of our own pages, which proves its origin by a field and not by a header
 */
public record Route(HttpMethod method, PathTemplate path, String name, Doc doc, Endpoint endpoint, boolean isForm) {
    /** A route for programs, or one that reads. */
    public Route(HttpMethod method, PathTemplate path, String name, Doc doc, Endpoint endpoint) {
        this(method, path, name, doc, endpoint, false);
    }

    /** A route that reads. */
    public static Route get(String path, String name, Doc doc, Endpoint endpoint) {
        return new Route(HttpMethod.GET, PathTemplate.of(path), name, doc, endpoint);
    }

    /** A route that takes a form of our own pages; the endpoint reads it by {@link Form}. */
    public static Route form(String path, String name, Doc doc, Endpoint endpoint) {
        return new Route(HttpMethod.POST, PathTemplate.of(path), name, doc, endpoint, true);
    }

    /**
     * What the API document says of a route.
     *
     * @param face the group it is shown in
     * @param summary one sentence
     * @param parameters of the query
     * @param contentTypes of the good answer; several where it depends on who asks
     * @param errors that it may give beside those that every route may give
     */
    public record Doc(
            String face,
            String summary,
            List<Parameter> parameters,
            List<String> contentTypes,
            List<ErrorCode> errors) {
        /** A route that always answers in the same form. */
        public Doc(
                String face, String summary, List<Parameter> parameters, String contentType, List<ErrorCode> errors) {
            this(face, summary, parameters, List.of(contentType), errors);
        }
    }

    /** A parameter of the query: its name and what it means. */
    public record Parameter(String name, String meaning) {}
}
